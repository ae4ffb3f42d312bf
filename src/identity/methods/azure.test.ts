import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InputOf } from '../../access/operation-types.ts';
import { Secret } from '../../foundation/secret.ts';
import { type IssuerNetwork, jsonAnswer, TestIssuer } from '../jwt/testing/test-issuer.ts';
import { azurePlatform } from '../platforms/index.ts';
import { PlatformWorld } from './testing/platform-world.ts';

type Config = InputOf<'azure.config.write'>;
type Role = InputOf<'azure.roles.write'>;
type Claims = Readonly<Record<string, unknown>>;

const { accepted } = azurePlatform.examples;
const [tenantId, oid] = [String(accepted['tid']), String(accepted['oid'])];
const subscription = '7d3c1f3a-4f0e-4d11-9a3c-2f8b8f5c0002';
const resource = 'api://watchword';
const scaleSet = `/subscriptions/${subscription}/resourceGroups/ml-train/providers/Microsoft.Compute/virtualMachineScaleSets/pool`;
const identity = `/subscriptions/${subscription}/resourcegroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/trainer`;

let world: PlatformWorld;
beforeEach(async () => {
  world = await PlatformWorld.open({ kind: 'azure', issuer: `https://sts.windows.net/${tenantId}/`, algorithm: 'RS256' });
  await configure({ jwks: world.jwks });
  await role();
});
afterEach(() => world[Symbol.asyncDispose]());

const configure = (more: Config) => world.write('azure.config.write', { tenantId, resource, ...more });
const role = (more: Partial<Role> = {}) =>
  world.write('azure.roles.write', { name: 'train', boundServicePrincipalIds: [oid], policies: ['features'], ...more });
const login = async (claims: Claims = {}, place: Claims = {}) =>
  world.login('azure.login', { role: 'train', jwt: await world.sign({ aud: resource, ...accepted, ...claims }), ...place });
const reasonFor = (claims: Claims = {}, place: Claims = {}) => world.reasonOf(login(claims, place));

describe('a managed identity', () => {
  it('logs in as its object id, and says on which machine it runs', async () => {
    const { output } = await login();
    expect(output).toMatchObject({
      policies: ['default', 'features'],
      metadata: { role: 'train', subscription_id: subscription, resource_group_name: 'ml-train', vm_name: 'web', vmss_name: '' },
    });
    const { principal, facts } = world.on.world.audit.records.at(-1) ?? {};
    expect(principal).toMatchObject({ method: 'azure', id: `${world.issuer.issuer}#${tenantId}/${oid}` });
    expect(facts?.['workloadClaims']).toContain('vm_name=web');
  });

  it('has a token of a day and five minutes, as Azure makes them', async () => {
    const iat = world.now - 300;
    expect(await reasonFor({ iat, exp: iat + 86_700 })).toBe('success');
    expect(await reasonFor({ iat, exp: iat + 86_701 })).toBe('jwt.lifetime');
  });

  it('may say where it runs, if the token says the same', async () => {
    const place = { subscriptionId: subscription.toUpperCase(), resourceGroupName: 'ML-Train', vmName: 'Web', vmssName: '' };
    expect(await reasonFor({}, { ...place, resourceId: String(accepted['xms_mirid']).toUpperCase() })).toBe('success');
    // Instances of a scale set send the set's name and their own, which no token proves.
    expect(await reasonFor({ xms_mirid: scaleSet }, { vmssName: 'pool', vmName: 'pool_0' })).toBe('success');
  });

  it('has its tokens in two versions, each by its own name', async () => {
    await configure({ jwks: world.jwks });
    const iss = `https://login.microsoftonline.com/${tenantId}/v2.0`;
    expect(await reasonFor({ iss })).toBe('success');
    expect(await reasonFor({ iss: `https://login.microsoftonline.us/${tenantId}/v2.0` })).toBe('jwt.issuer');
  });

  it("is found by the tenant's discovery document, which names the issuer of the tokens", async () => {
    await configure({ jwks: '' });
    (world.network as IssuerNetwork).instead = async ({ url }) =>
      url === `https://login.microsoftonline.com/${tenantId}/.well-known/openid-configuration`
        ? jsonAnswer({ issuer: world.issuer.issuer, jwks_uri: 'https://login.microsoftonline.com/keys' })
        : jsonAnswer(world.issuer.jwks);
    expect(await reasonFor()).toBe('success');
  });

  it.each<[why: string, role: Partial<Role>, claims: Claims, place: Claims, reason: string]>([
    ['another principal', {}, { oid: oid.replace('90f1', '91f1') }, {}, 'azure.principal'],
    ['another audience', {}, { aud: `${resource}2` }, {}, 'jwt.audience'],
    ['another tenant', {}, { tid: tenantId.replace('2f6d', '3f6d') }, {}, 'azure.tenant'],
    ['no tenant', {}, { tid: undefined }, {}, 'azure.tenant'],
    [
      'the issuer of another tenant',
      {},
      { iss: `https://sts.windows.net/${tenantId.replace('2f6d', '3f6d')}/` },
      {},
      'jwt.issuer',
    ],
    ['a person', {}, { scp: 'user_impersonation' }, {}, 'platform.person'],
    ['a machine whose name begins like it', {}, {}, { vmName: 'we' }, 'azure.vm'],
    ['a machine whose name goes on', {}, {}, { vmName: 'web2' }, 'azure.vm'],
    ['a machine in another group', {}, {}, { resourceGroupName: 'ml' }, 'azure.resource-group'],
    ['another subscription', {}, {}, { subscriptionId: oid }, 'azure.subscription'],
    ['a scale set that it is not in', {}, {}, { vmssName: 'pool' }, 'azure.scale-set'],
    ['a scale set as a machine', {}, { xms_mirid: scaleSet }, { vmName: 'pool' }, 'azure.vm'],
    ['a resource that it is not', {}, {}, { resourceId: scaleSet }, 'azure.resource'],
    ['a machine without a resource in the token', {}, { xms_mirid: undefined }, { vmName: 'web' }, 'azure.vm'],
    ['a group that the token does not name', { boundGroupIds: ['g'] }, {}, {}, 'azure.group'],
    ['groups that are no list', { boundGroupIds: ['g'] }, { groups: 'g' }, {}, 'azure.group'],
    ['a subscription that the role does not admit', { boundSubscriptionIds: [oid] }, {}, {}, 'azure.subscription'],
    [
      'a group that begins like the right one',
      { boundSubscriptionIds: [subscription], boundResourceGroups: ['ml-train2'] },
      {},
      {},
      'azure.resource-group',
    ],
    [
      'a scale set that the role does not admit',
      { boundSubscriptionIds: [subscription], boundScaleSets: ['pool2'] },
      { xms_mirid: scaleSet },
      {},
      'azure.scale-set',
    ],
    [
      'a machine that is called like a scale set',
      { boundSubscriptionIds: [subscription], boundScaleSets: ['web'] },
      {},
      {},
      'azure.scale-set',
    ],
    [
      'an identity of its own, without the machine',
      { boundSubscriptionIds: [subscription], boundResourceGroups: ['ml-train'] },
      { xms_mirid: identity },
      {},
      'azure.resource-group',
    ],
    ['a resource id in disguise', {}, { xms_mirid: `${scaleSet}/virtualMachines` }, {}, 'platform.resource'],
  ])('is refused as %s', async (_why, fields, claims, place, reason) => {
    await role(fields);
    expect(await reasonFor(claims, place)).toBe(reason);
  });

  it('of its own is where the machine is that uses it', async () => {
    await role({ boundSubscriptionIds: [subscription], boundResourceGroups: ['ml-train'], boundGroupIds: ['G1'] });
    const claims = { xms_mirid: identity, xms_az_rid: accepted['xms_mirid'], groups: ['g0', 'g1'] };
    expect(await reasonFor(claims, { vmName: 'web' })).toBe('success');
  });

  it('is refused with the key of another tenant', async () => {
    const other = await TestIssuer.create({ issuer: world.issuer.issuer, algorithm: 'RS256' });
    const jwt = await world.sign({ aud: resource, ...accepted }, {}, other.key);
    expect(await world.reasonOf(world.login('azure.login', { role: 'train', jwt }))).toBe('jwt.signature');
  });
});

describe('settings and roles', () => {
  const invalid = { code: expect.stringMatching(/^(?:login|request)\.invalid$/) };

  it.each<[why: string, config: Config]>([
    ['without a tenant', { tenantId: '' }],
    ['for every tenant', { tenantId: 'common' }],
    ['without a resource', { resource: '' }],
    ['in a cloud that there is not', { environment: 'AzureGermanCloud' as 'AzurePublicCloud' }],
    ['with a private issuer that is not marked as such', { issuer: 'https://127.0.0.1/' }],
  ])('%s are refused', async (_why, config) => {
    await expect(configure({ jwks: '', ...config })).rejects.toMatchObject(invalid);
  });

  it.each<[why: string, role: Partial<Role>]>([
    ['bound to nothing', { boundServicePrincipalIds: [] }],
    ['bound to a part of an id', { boundServicePrincipalIds: ['90f1*'] }],
    ['bound to a part of a group', { boundResourceGroups: ['ml-*'], boundSubscriptionIds: [subscription] }],
    ['bound to a group of any subscription', { boundResourceGroups: ['ml-train'] }],
    ['bound to a place', { boundLocations: ['westeurope'] as never[] }],
  ])('a role %s is refused', async (_why, fields) => {
    await expect(role(fields)).rejects.toMatchObject(invalid);
  });

  it('throw away the secret that Vault would need', async () => {
    const { warnings } = await configure({ jwks: world.jwks, clientSecret: Secret.fromText('canary-secret') });
    expect(warnings?.join()).toContain('client_secret');
    const { output } = await world.write('azure.config.read', {});
    expect(output).not.toHaveProperty('clientSecret');
  });

  it('are warned of where they are open', async () => {
    await configure({ jwks: world.jwks, resource: 'https://management.azure.com/' });
    const { warnings = [] } = await role({ boundServicePrincipalIds: ['*'], boundCidrs: ['10.0.0.0/8'], owner: 'team' });
    expect(warnings.join('\n')).toMatch(/\(any-workload\)[\s\S]*\(shared-audience\)/);
  });
});
