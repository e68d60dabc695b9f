// What the JavaScript gateways share: the upstream systems, asked for many keys at once, and resolvers over them.
// UPSTREAM says where the systems are; TWICE=1 asks two of each and merges what they say, the first one's word first.
const fs = require('fs');
const path = require('path');
const DataLoader = require('dataloader');
const { Pool } = require('undici');

const pool = new Pool(process.env.UPSTREAM, { connections: 64, pipelining: 1 });

async function get(where) {
  const response = await pool.request({ path: where, method: 'GET' });
  if (response.statusCode !== 200) throw new Error(`${where}: ${response.statusCode}`);
  return response.body.json();
}

function grouped(keys, rows, key) {
  const groups = new Map();
  for (const row of rows) {
    const group = groups.get(row[key]);
    if (group) group.push(row);
    else groups.set(row[key], [row]);
  }
  return keys.map((one) => groups.get(one) || []);
}

// Things with a key of their own: a field that the first system leaves out is the second one's.
function merged(first, second, key, add) {
  const known = new Map();
  for (const row of first) known.set(row[key], row);
  for (const row of second) {
    const same = known.get(row[key]);
    if (same) {
      for (const name in row) if (same[name] == null) same[name] = row[name];
    } else if (add) first.push(row);
  }
  return first;
}

const once = {
  customers: (keys) => get(`/crm/customers?customerId=${keys.join(',')}`),
  named: (prefix, first) => get(`/crm/customers?namePrefix=${prefix}&limit=${first + 1}`),
  circuits: (keys) => get(`/inventory/circuits?customer=${keys.join(',')}`),
  routes: (keys) => get(`/inventory/routes?circuit=${keys.join(',')}`),
  alarms: (keys) => get(`/alarms/alarms?circuit=${keys.join(',')}`),
  tickets: (keys) => get(`/tickets/tickets?circuit=${keys.join(',')}`),
};

const both = (where) => Promise.all([get(`/first${where}`), get(`/second${where}`)]);

const twice = {
  async customers(keys) {
    const [first, second] = await both(`/crm/customers?customerId=${keys.join(',')}`);
    return merged(first, second, 'customerId', false);
  },
  async named(prefix, most) {
    const first = await get(`/first/crm/customers?namePrefix=${prefix}&limit=${most + 1}`);
    const keys = first.map((row) => row.customerId);
    return merged(first, await get(`/second/crm/customers?customerId=${keys.join(',')}`), 'customerId', false);
  },
  async circuits(keys) {
    const [first, second] = await both(`/inventory/circuits?customer=${keys.join(',')}`);
    return merged(first, second, 'code', false);
  },
  async routes(keys) {
    const [first, second] = await both(`/inventory/routes?circuit=${keys.join(',')}`);
    return merged(first, second, 'circuit', true); // one route of each circuit: its role is WORKING
  },
  async alarms(keys) {
    const [first, second] = await both(`/alarms/alarms?circuit=${keys.join(',')}`);
    return first.concat(second); // each system has its own, and those of the second are older
  },
  async tickets(keys) {
    const [first, second] = await both(`/tickets/tickets?circuit=${keys.join(',')}`);
    return first.concat(second);
  },
};

const ask = process.env.TWICE ? twice : once;

const connections = (lists) => lists.map((nodes) => ({ nodes }));

// Each takes keys and gives as many answers.
const batch = {
  async customer(keys) {
    const rows = await ask.customers(keys);
    return keys.map((key) => rows.find((row) => row.customerId === key) || null);
  },
  circuits: async (keys) => connections(grouped(keys, await ask.circuits(keys), 'customer')),
  routes: async (keys) => grouped(keys, await ask.routes(keys), 'circuit'),
  alarms: async (keys) => connections(grouped(keys, await ask.alarms(keys), 'circuit')),
  tickets: async (keys) => connections(grouped(keys, await ask.tickets(keys), 'circuit')),
};

async function customers(_, { first = 20, filter }) {
  const rows = await ask.named(encodeURIComponent(filter.namePrefix), first);
  return { nodes: rows.slice(0, first) };
}

const context = () => ({
  customer: new DataLoader(batch.customer),
  circuits: new DataLoader(batch.circuits),
  routes: new DataLoader(batch.routes),
  alarms: new DataLoader(batch.alarms),
  tickets: new DataLoader(batch.tickets),
});

const resolvers = {
  Query: { customer: (_, { id }, { customer }) => customer.load(id), customers },
  Customer: { circuits: ({ customerId }, _, { circuits }) => circuits.load(customerId) },
  Circuit: {
    routes: ({ code }, _, { routes }) => routes.load(code),
    alarms: ({ code }, _, { alarms }) => alarms.load(code),
    tickets: ({ code }, _, { tickets }) => tickets.load(code),
  },
};

module.exports = {
  batch,
  context,
  customers,
  resolvers,
  typeDefs: fs.readFileSync(path.join(__dirname, 'schema.graphql'), 'utf8'),
  port: Number(process.env.PORT),
};
