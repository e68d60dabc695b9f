// Hive Gateway over what Mesh has composed. PORT: where it listens; SUPERGRAPH: the composed schema.
import { defineConfig } from '@graphql-hive/gateway';

export const gatewayConfig = defineConfig({
  supergraph: process.env.SUPERGRAPH,
  jit: true,
  logging: 'error',
  graphiql: false,
  landingPage: false,
  host: '127.0.0.1',
  port: Number(process.env.PORT),
  fork: 1,
  pollingInterval: 0,
  deduplicateInflightRequests: false,
});
