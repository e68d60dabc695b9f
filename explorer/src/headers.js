// What the headers editor shows at first: nothing is sent until a line is uncommented.
export const headers = `{
  // a token, where the gateway asks who you are
  // "Authorization": "Bearer ...",

  // see what this customer sees, instead of the staff's view
  // "X-Trunkline-Customer": "C100001"
}
`;
