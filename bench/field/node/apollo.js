const { ApolloServer } = require('@apollo/server');
const { startStandaloneServer } = require('@apollo/server/standalone');
const { context, port, resolvers, typeDefs } = require('./source');

const server = new ApolloServer({ typeDefs, resolvers, csrfPrevention: false, introspection: false });
startStandaloneServer(server, { listen: { port, host: '127.0.0.1' }, context: async () => context() });
