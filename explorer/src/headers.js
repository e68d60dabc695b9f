// What the headers editor shows at first: nothing is sent until a line is uncommented.
export const headers = `{
  // a token, where the gateway asks who you are
  // "Authorization": "Bearer ...",

  // what this customer sees, not all that staff see
  // "X-Trunkline-Customer": "C100001"
}`;
