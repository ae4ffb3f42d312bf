import type { JsonObject } from '../../foundation/exact-json.ts';
import { refusedLogin } from '../login-refusal.ts';
import { type ArmId, asciiLower, parseArmId } from './arm-id.ts';
import type { AboutToken, Interpretation, Platform } from './platform.ts';
import { claimText, requiredText } from './platform-identity.ts';

/** Both versions of Entra's issuer, in each of its clouds; the tenant stands in it. */
const issuerForm =
  /^https:\/\/(?:(?:sts\.windows\.net|sts\.chinacloudapi\.cn)\/([0-9a-f-]{36})\/|(?:login\.microsoftonline\.com|login\.microsoftonline\.us|login\.partner\.microsoftonline\.cn)\/([0-9a-f-]{36})\/v2\.0)$/;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The resource that a managed identity's token was given to: `xms_az_rid` where it is there; else `xms_mirid`, which for an
 * identity of its own (user-assigned) names that identity.
 * @throws WatchwordError `login.refused`
 */
function azureResource(claims: JsonObject): { readonly id: string; readonly parsed: ArmId } | undefined {
  const [resource, identity] = ['xms_az_rid', 'xms_mirid'].map((name) => {
    if (claims[name] === undefined) return undefined;
    const id = requiredText(claims, name);
    const parsed = parseArmId(id);
    if (parsed === undefined) throw refusedLogin('platform.resource');
    return { id, parsed };
  });
  return resource ?? identity;
}

const resourceKinds: Readonly<Record<string, string>> = {
  'microsoft.compute/virtualmachines': 'vm_name',
  'microsoft.compute/virtualmachinescalesets': 'vmss_name',
  'microsoft.managedidentity/userassignedidentities': 'identity_name',
};

function managedIdentity(claims: JsonObject, { issuer }: AboutToken): Interpretation {
  const tenant = requiredText(claims, 'tid');
  const [, v1, v2] = issuerForm.exec(issuer) ?? [];
  const named = v1 ?? v2;
  if (!uuid.test(tenant) || (named !== undefined && named !== tenant)) throw refusedLogin('platform.inconsistent');
  if (!uuid.test(requiredText(claims, 'oid'))) throw refusedLogin('platform.claim');
  const kind = claimText(claims, 'idtyp');
  if (kind !== undefined && kind !== 'app') throw refusedLogin('platform.person');
  const resource = azureResource(claims);
  if (resource === undefined) return {};
  const { subscriptionId, resourceGroup, provider, type, names } = resource.parsed;
  const outermost = type.split('/', 1)[0] ?? '';
  const nameClaim = resourceKinds[asciiLower(`${provider}/${outermost}`)];
  return {
    claims: {
      resource_id: resource.id,
      subscription_id: asciiLower(subscriptionId),
      resource_group: asciiLower(resourceGroup),
      ...(nameClaim === undefined ? {} : { [nameClaim]: asciiLower(names[0] ?? '') }),
    },
  };
}

const tenant = '2f6d1c5e-9a55-4c3b-8d3e-0a5c9ae1f001';
const machine = `/subscriptions/7d3c1f3a-4f0e-4d11-9a3c-2f8b8f5c0002/resourcegroups/ml-train/providers/Microsoft.Compute/virtualMachines/web`;

/** Managed identities and other service principals of a Microsoft Entra tenant. Tokens of people have `scp` and are refused. */
export const azurePlatform: Platform = {
  kind: 'azure',
  summary: 'managed identities of an Azure tenant, by tenant and object id; the resource from its ARM id',
  runs: 'outside',
  issuerForm,
  // A day, and five minutes since `iat` is set back by them.
  lifetime: 86_700,
  algorithms: ['RS256'],
  subject: ['tid', 'oid'],
  displayName: 'oid',
  claims: { tenant_id: 'tid', object_id: 'oid', application_id: 'appid', client_id: 'azp' },
  derived: {
    resource_id: 'ARM id of the resource that has the identity (`xms_az_rid`, else `xms_mirid`)',
    subscription_id: 'its subscription, in lower case',
    resource_group: 'its resource group, in lower case',
    vm_name: 'its name, in lower case, where it is a virtual machine',
    vmss_name: 'its name, in lower case, where it is a scale set',
    identity_name: 'its name, in lower case, where it is an identity of its own (user-assigned)',
  },
  required: ['tid', 'oid'],
  ofPeople: ['scp', 'upn', 'unique_name', 'preferred_username'],
  sharedAudiences:
    /^(?:https:\/\/(?:management\.azure\.com|management\.core\.windows\.net|graph\.microsoft\.com|vault\.azure\.net)\/?|api:\/\/AzureADTokenExchange)$/,
  userControlled: [],
  interpret: managedIdentity,
  examples: {
    issuer: `https://sts.windows.net/${tenant}/`,
    accepted: {
      sub: '90f1d4d2-7ef4-49aa-b3bd-8f32e2e4a003',
      oid: '90f1d4d2-7ef4-49aa-b3bd-8f32e2e4a003',
      tid: tenant,
      appid: '6c1e40d7-1a0b-4c3e-8a55-d33f4f1aa004',
      idtyp: 'app',
      xms_mirid: machine,
      ver: '1.0',
    },
    subject: `https://sts.windows.net/${tenant}/#${tenant}/90f1d4d2-7ef4-49aa-b3bd-8f32e2e4a003`,
    refused: [
      { why: 'a person', change: { scp: 'user_impersonation' }, reason: 'platform.person' },
      { why: 'a token that says it is a user', change: { idtyp: 'user' }, reason: 'platform.person' },
      { why: 'another tenant', change: { tid: tenant.replace('2f6d', '3f6d') }, reason: 'platform.inconsistent' },
      { why: 'a resource id with a part too many', change: { xms_mirid: `${machine}/x` }, reason: 'platform.resource' },
      { why: 'a resource id with an empty part', change: { xms_mirid: `/${machine}` }, reason: 'platform.resource' },
    ],
  },
};
