import type { JsonObject } from '../../foundation/exact-json.ts';
import { memberOf } from '../platform-tokens.ts';
import { missing, type Surroundings } from '../surroundings.ts';
import type { Login } from './login.ts';

/** Instance metadata service of Azure's machines: https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service */
const METADATA = 'http://169.254.169.254/metadata';
const headers = { Metadata: 'true' };

export const azureLogin: Login = {
  kind: 'azure',
  summary: 'role; a token of the managed identity for resource=URI, and the name of the machine',
  async detect({ ask, env }) {
    if (env['IDENTITY_ENDPOINT'] && env['IDENTITY_HEADER']) return 'a managed identity (IDENTITY_ENDPOINT)';
    const instance = await ask({ url: `${METADATA}/instance?api-version=2021-02-01`, headers });
    return instance === undefined ? undefined : "Azure's metadata service";
  },
  async logIn({ on, post, words: { role, resource = 'https://management.azure.com/', ...words } }) {
    if (role === undefined) missing('Say which role to log in with: --role NAME.');
    const jwt = await managedIdentityToken(on, resource);
    if (jwt === undefined) missing('No managed identity answered here: assign one to the machine.');
    const named = Object.keys(words).length > 0 ? words : await machineOf(on);
    return post('login', { role, jwt, ...named });
  },
};

async function managedIdentityToken({ ask, env }: Surroundings, resource: string): Promise<string | undefined> {
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: secret } = env;
  if (endpoint && secret) {
    // App Service, Functions, Container Apps, Azure ML.
    const url = `${endpoint}?${new URLSearchParams({ 'api-version': '2019-08-01', resource })}`;
    return memberOf(await ask({ url, headers: { 'X-IDENTITY-HEADER': secret } }), 'access_token');
  }
  const url = `${METADATA}/identity/oauth2/token?${new URLSearchParams({ 'api-version': '2018-02-01', resource })}`;
  return memberOf(await ask({ url, headers }), 'access_token');
}

/** What the role may be bound to besides the token; the server believes only what the token says too. */
async function machineOf({ ask }: Surroundings): Promise<JsonObject> {
  const compute = await ask({ url: `${METADATA}/instance/compute?api-version=2021-02-01`, headers });
  const named = {
    subscription_id: memberOf(compute, 'subscriptionId'),
    resource_group_name: memberOf(compute, 'resourceGroupName'),
    vm_name: memberOf(compute, 'name'),
    vmss_name: memberOf(compute, 'vmScaleSetName'),
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value)) as JsonObject;
}
