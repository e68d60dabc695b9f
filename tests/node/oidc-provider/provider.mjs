// A certified OpenID provider: `node provider.mjs PORT CALLBACK`, run where its modules are installed.
import { Provider } from 'oidc-provider';

const [port, callback] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const claims = { roles: ['customer-manager'], customers: ['C100001'] };
const resource = 'https://trunkline.example/graphql';

const provider = new Provider(issuer, {
  clients: [
    { client_id: 'trunkline', redirect_uris: [callback], token_endpoint_auth_method: 'none' },
    {
      client_id: 'machine',
      client_secret: 'machine-secret',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    },
  ],
  claims: { openid: ['sub', 'roles', 'customers'] },
  conformIdTokenClaims: false,
  cookies: { keys: ['of no importance'] },
  extraTokenClaims: () => claims,
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      getResourceServerInfo: () => ({ scope: 'ask', audience: resource, accessTokenFormat: 'jwt' }),
    },
  },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...claims }) }),
  pkce: { required: () => true },
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
