// Where GraphiQL remembers tabs and history: the browser's storage, which gets no headers.
// `shouldPersistHeaders` keeps them out of the tabs only; the history would still write a token down.

const withoutHeaders = text => {
  try {
    return JSON.stringify(JSON.parse(text), (name, value) => (name === 'headers' ? undefined : value));
  } catch {
    return text; // not JSON: a query, a name, a number
  }
};

export const storage = {
  get length() { return localStorage.length; },
  getItem: key => localStorage.getItem(key),
  setItem: (key, value) => localStorage.setItem(key, withoutHeaders(value)),
  removeItem: key => localStorage.removeItem(key),
  clear: () => localStorage.clear(),
};
