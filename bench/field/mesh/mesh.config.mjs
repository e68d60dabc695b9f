// The upstream systems as GraphQL Mesh is told of them, and how what they keep is joined: each list by a batch of keys.
// UPSTREAM says where they are. Mesh wants one group for each key, in their order: its rows come so from `grouped/`.
import { defineConfig } from '@graphql-mesh/compose-cli';
import { loadJSONSchemaSubgraph } from '@omnigraph/json-schema';

const text = { type: 'string' };
const whole = { type: 'integer' };
const object = (title, properties, required = []) => ({ type: 'object', title, properties, required });
const list = (items) => ({ type: 'array', items });
const texts = (...names) => Object.fromEntries(names.map((name) => [name, text]));

const customer = object('Customer', texts('id', 'customerId', 'name', 'tradingName', 'tier', 'status'));
const circuit = object('Circuit', {
  ...texts('id', 'code', 'name', 'product', 'category', 'state', 'operationalState', 'administrativeState'),
  ...texts('usageState', 'slaClass', 'startDate'),
  bandwidthBps: whole,
});
const hop = object('Hop', { sequence: whole, ...texts('inPort', 'outPort', 'layer') });
const route = object('Route', { role: text, complete: { type: 'boolean' }, hops: list(hop) });
const alarm = object('Alarm', texts('id', 'perceivedSeverity', 'probableCause', 'specificProblem', 'raisedAt'));
const ticket = object('Ticket', texts('id', 'title', 'state', 'priority', 'openedAt'));
const connection = (title, key, nodes) => object(title, { [key]: text, nodes: list(nodes) });

const batch = (field, path, key, group) => ({
  type: 'Query',
  field,
  path,
  method: 'GET',
  responseSchema: list(group),
  argTypeMap: { [key]: list(text) },
  queryParamArgMap: { [key]: key },
  queryStringOptionsByParam: { [key]: { arrayFormat: 'comma' } },
});

const system = (name, operations) => ({
  sourceHandler: loadJSONSchemaSubgraph(name, { endpoint: `${process.env.UPSTREAM}/grouped`, operations }),
});

const joined = (system, field, key, of) =>
  `@resolveTo(sourceName: "${system}", sourceTypeName: "Query", sourceFieldName: "${field}",
    requiredSelectionSet: "{ ${of} }", keyField: "${of}", keysArg: "${key}"`;

export const composeConfig = defineConfig({
  subgraphs: [
    system('CRM', [
      {
        type: 'Query',
        field: 'customer',
        path: '/crm/customer?customerId={args.id}',
        method: 'GET',
        responseSchema: customer,
        argTypeMap: { id: text },
      },
      {
        type: 'Query',
        field: 'customers',
        path: '/crm/customers?namePrefix={args.filter.namePrefix}&limit={args.first}',
        method: 'GET',
        responseSchema: connection('CustomerConnection', 'after', customer),
        argTypeMap: { first: whole, filter: object('CustomerFilter', { namePrefix: text }) },
      },
    ]),
    system('INVENTORY', [
      batch('circuitsOf', '/inventory/circuits', 'customer', connection('CircuitConnection', 'customer', circuit)),
      batch('routesOf', '/inventory/routes', 'circuit', object('Routes', { circuit: text, routes: list(route) })),
    ]),
    system('ALARMS', [batch('alarmsOf', '/alarms/alarms', 'circuit', connection('AlarmConnection', 'circuit', alarm))]),
    system('TICKETS', [
      batch('ticketsOf', '/tickets/tickets', 'circuit', connection('TicketConnection', 'circuit', ticket)),
    ]),
  ],
  additionalTypeDefs: /* GraphQL */ `
    extend type Customer {
      circuits(first: Int): CircuitConnection ${joined('INVENTORY', 'circuitsOf', 'customer', 'customerId')})
    }
    extend type Circuit {
      routes: [Route] ${joined('INVENTORY', 'routesOf', 'circuit', 'code')}, result: "routes")
      alarms: AlarmConnection ${joined('ALARMS', 'alarmsOf', 'circuit', 'code')})
      tickets: TicketConnection ${joined('TICKETS', 'ticketsOf', 'circuit', 'code')})
    }
  `,
});
