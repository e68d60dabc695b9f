import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { Kind, parse } from 'graphql';
import { endpoint, sockets } from './addresses.js';

const ask = createGraphiQLFetcher({ url: endpoint, subscriptionUrl: sockets });

// GraphiQL learns of another tab's operation a moment late: who runs it at once would ask for the last tab's.
// Where a document has one operation, it is that one.
function operationMeant({ query, operationName }) {
  try {
    const operations = parse(query).definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    return operations.length === 1 ? operations[0].name?.value : operationName;
  } catch {
    return operationName; // the gateway says better what is wrong with it
  }
}

export const fetcher = (asked, options) => ask({ ...asked, operationName: operationMeant(asked) }, options);
