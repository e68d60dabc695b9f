const fastify = require('fastify')({ logger: false });
const mercurius = require('mercurius');
const { batch, customers, port, typeDefs } = require('./source');

// Mercurius brings loaders of its own: one call with all the parents of a field.
const column = (load, key) => async (queries) => load(queries.map(({ obj }) => obj[key]));

fastify.register(mercurius, {
  schema: typeDefs,
  resolvers: { Query: { customer: async (_, { id }) => (await batch.customer([id]))[0], customers } },
  loaders: {
    Customer: { circuits: column(batch.circuits, 'customerId') },
    Circuit: {
      routes: column(batch.routes, 'code'),
      alarms: column(batch.alarms, 'code'),
      tickets: column(batch.tickets, 'code'),
    },
  },
  jit: 1,
  graphiql: false,
});
fastify.listen({ port, host: '127.0.0.1' });
