// Where the gateway is asked: the page's own address, whatever stands in front of it.
const page = new URL(location.href);
page.search = '';
page.hash = '';

export const endpoint = page.href;

page.protocol = page.protocol === 'https:' ? 'wss:' : 'ws:';

// Subscriptions, by graphql-ws; the headers editor goes along as connectionParams.
export const sockets = page.href;
