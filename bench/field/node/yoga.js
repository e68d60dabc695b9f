const http = require('http');
const { createSchema, createYoga } = require('graphql-yoga');
const { useGraphQlJit } = require('@envelop/graphql-jit');
const { context, port, resolvers, typeDefs } = require('./source');

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  plugins: process.env.JIT ? [useGraphQlJit()] : [],
  logging: false,
  graphiql: false,
  landingPage: false,
  context,
});
http.createServer(yoga).listen(port, '127.0.0.1');
