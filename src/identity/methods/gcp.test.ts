import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InputOf } from '../../access/operation-types.ts';
import { Secret } from '../../foundation/secret.ts';
import { type IssuerNetwork, jsonAnswer, TestIssuer } from '../jwt/testing/test-issuer.ts';
import { googlePlatform } from '../platforms/index.ts';
import { PlatformWorld } from './testing/platform-world.ts';

type Role = InputOf<'gcp.roles.write'>;
type Claims = Readonly<Record<string, unknown>>;

const { google, ...account } = googlePlatform.examples.accepted as {
  google: { compute_engine: object };
  sub: string;
  email: string;
};
const machine = google.compute_engine;
const aud = 'vault/train';

let world: PlatformWorld;
beforeEach(async () => {
  world = await PlatformWorld.open({ kind: 'gcp', issuer: 'https://accounts.google.com', algorithm: 'RS256' });
  await world.write('gcp.config.write', {});
});
afterEach(() => world[Symbol.asyncDispose]());

const role = (more: Partial<Role> = {}) =>
  world.write('gcp.roles.write', { name: 'train', boundServiceAccounts: [account.sub], policies: ['features'], ...more });
const instanceRole = (more: Partial<Role> = {}) =>
  role({ roleType: 'gce', boundServiceAccounts: [], boundProjects: ['acme-ml'], ...more });
const login = async (claims: Claims = {}, name = 'train') =>
  world.login('gcp.login', { role: name, jwt: await world.sign({ aud, ...account, ...claims }) });
const reasonFor = (claims: Claims = {}, name?: string) => world.reasonOf(login(claims, name));

describe('a service account', () => {
  it('logs in by its numeric id, or by its address', async () => {
    await role();
    const { output } = await login();
    expect(output).toMatchObject({
      policies: ['default', 'features'],
      metadata: { role: 'train', service_account_id: account.sub },
    });
    expect(world.on.world.audit.records.at(-1)?.principal).toMatchObject({ id: `https://accounts.google.com#${account.sub}` });
    await role({ boundServiceAccounts: [account.email], boundProjects: ['acme-ml'] });
    expect(await reasonFor()).toBe('success');
  });

  it.each<[why: string, role: Partial<Role>, claims: Claims, reason: string]>([
    ['for an audience that ends like ours', {}, { aud: 'https://evil.example/vault/train' }, 'jwt.audience'],
    ['for a role that begins like ours', {}, { aud: 'vault/train2' }, 'jwt.audience'],
    ['for no audience', {}, { aud: '' }, 'jwt.audience-missing'],
    ['for an empty list of audiences', {}, { aud: [] }, 'jwt.audience-missing'],
    ['of another account', { boundServiceAccounts: ['1'] }, {}, 'gcp.account'],
    ['of another project', { boundProjects: ['acme'] }, {}, 'gcp.project'],
    ['of an address that was given to another account', {}, { sub: '999' }, 'gcp.account'],
    ['of a person', {}, { email: 'ada@acme.example' }, 'platform.person'],
    ['of an address that nobody verified', {}, { email_verified: false }, 'platform.claim'],
    ['of an instance, where the role wants none', { allowGceInference: false }, { google }, 'gcp.inference'],
    ['that lives for longer than Google lets it', {}, { exp: 1_767_330_000 }, 'jwt.lifetime'],
  ])('is refused with a token %s', async (_why, fields, claims, reason) => {
    await role(fields);
    expect(await reasonFor(claims)).toBe(reason);
  });

  it('may ask for an audience with the address of this server, where the mount names it', async () => {
    await role();
    const named = { aud: 'https://watchword.example:8200/vault/train' };
    expect(await reasonFor(named)).toBe('jwt.audience');
    await world.write('gcp.config.write', { audienceBases: ['https://watchword.example:8200'] });
    expect(await reasonFor(named)).toBe('success');
    await role({ boundAudiences: ['watchword'] });
    expect(await reasonFor(named)).toBe('jwt.audience');
    expect(await reasonFor({ aud: 'watchword' })).toBe('success');
  });
});

describe('a token that a service account signed itself', () => {
  const claims = () => ({ iss: account.email, sub: account.email, email: undefined, email_verified: undefined, azp: undefined });
  const asked: string[] = [];

  beforeEach(async () => {
    asked.length = 0;
    const network = world.network as IssuerNetwork;
    network.instead = async ({ url }) => {
      asked.push(url);
      return jsonAnswer(world.issuer.jwks);
    };
    await role({ boundServiceAccounts: [account.email] });
  });

  it('logs in by the keys of this account alone', async () => {
    expect(await reasonFor(claims())).toBe('success');
    expect(asked).toEqual([`https://www.googleapis.com/service_accounts/v1/jwk/${encodeURIComponent(account.email)}`]);
    expect(await reasonFor({ ...claims(), iss: undefined, iat: undefined })).toBe('success');
  });

  it.each<[why: string, claims: Claims, reason: string]>([
    ['of an account that the role does not name', { sub: 'other@acme-ml.iam.gserviceaccount.com' }, 'gcp.account'],
    ['of an account that is a path', { sub: `../${account.email}` }, 'gcp.account'],
    ['of nobody', { sub: undefined }, 'gcp.account'],
    ['of a number', { sub: 7 }, 'gcp.account'],
    ['that says another issuer', { iss: 'somebody' }, 'jwt.issuer'],
    ['for another audience', { aud: 'vault/other' }, 'jwt.audience'],
    ['that lives for longer than a quarter of an hour', { exp: 1_767_326_645 }, 'jwt.lifetime'],
    ['without an end', { exp: undefined }, 'jwt.claims-missing'],
  ])('is refused when it is %s', async (_why, change, reason) => {
    expect(await reasonFor({ ...claims(), ...change })).toBe(reason);
  });

  it('is refused with another key, and for instances', async () => {
    const other = await TestIssuer.create({ algorithm: 'RS256' });
    const all = Object.fromEntries(Object.entries({ aud, ...account, ...claims() }).filter(([, value]) => value !== undefined));
    const jwt = await world.sign(all, {}, other.key);
    expect(await world.reasonOf(world.login('gcp.login', { role: 'train', jwt }))).toBe('jwt.signature');
    await instanceRole();
    expect(await reasonFor(claims())).toBe('gcp.instance');
  });
});

describe('an instance', () => {
  const reasonOf = (more: object = {}) => reasonFor({ google: { compute_engine: { ...machine, ...more } } });

  it('logs in as itself, and not as its service account', async () => {
    await instanceRole({ boundZones: ['europe-west4-a'], boundRegions: ['europe-west4'] });
    expect(await reasonOf()).toBe('success');
    const { principal, facts } = world.on.world.audit.records.at(-1) ?? {};
    expect(principal?.id).toBe(`https://accounts.google.com#${account.sub}/instance/152986662232938449`);
    expect(facts).toMatchObject({ workloadRegion: 'europe-west4' });
  });

  it.each<[why: string, role: Partial<Role>, machine: object, reason: string]>([
    ['of another project', {}, { project_id: 'acme-ml2' }, 'gcp.project'],
    ['of no project', {}, { project_id: undefined }, 'gcp.project'],
    ['in another zone', { boundZones: ['europe-west4'] }, {}, 'gcp.zone'],
    ['in another region', { boundRegions: ['europe-west'] }, {}, 'gcp.region'],
    ['of another service account', { boundServiceAccounts: ['1'] }, {}, 'gcp.account'],
    ['without an id', {}, { instance_id: undefined }, 'gcp.instance'],
    ['without a zone', {}, { zone: undefined }, 'gcp.instance'],
  ])('%s is refused', async (_why, fields, more, reason) => {
    await instanceRole(fields);
    expect(await reasonOf(more)).toBe(reason);
  });

  it('that asked for the short form of its token is refused', async () => {
    await instanceRole();
    expect(await reasonFor()).toBe('gcp.instance');
  });
});

describe('settings and roles', () => {
  const invalid = { code: expect.stringMatching(/^(?:login|request)\.invalid$/) };

  it.each<[why: string, role: Partial<Role>]>([
    ['for any service account', { boundServiceAccounts: ['*'] }],
    ['for no service account', { boundServiceAccounts: [] }],
    ['for service accounts in a zone', { boundZones: ['europe-west4-a'] }],
    ['for all instances of the world', { roleType: 'gce', boundServiceAccounts: [] }],
    ['with labels', { boundLabels: ['team:vision'] as never[] }],
    ['with instance groups', { boundInstanceGroups: ['pool'] as never[] }],
    ['for tokens of two hours', { maxJwtExp: 7200 }],
  ])('a role %s is refused', async (_why, fields) => {
    await expect(role(fields)).rejects.toMatchObject(invalid);
  });

  it('throw away the key that Vault would need', async () => {
    const { warnings } = await world.write('gcp.config.write', { credentials: Secret.fromText('canary-key') });
    expect(warnings?.join()).toContain('credentials');
    expect((await world.write('gcp.config.read', {})).output).not.toHaveProperty('credentials');
  });

  it('let service accounts be added and taken away, but not the last one', async () => {
    await role();
    await world.write('gcp.roles.edit-accounts', { name: 'train', add: ['2', '3'], remove: [account.sub] });
    expect((await world.write('gcp.roles.read', { name: 'train' })).output).toMatchObject({ boundServiceAccounts: ['2', '3'] });
    for (const edit of [{ remove: ['2', '3'] }, { add: ['*'] }]) {
      await expect(world.write('gcp.roles.edit-accounts', { name: 'train', ...edit })).rejects.toMatchObject(invalid);
    }
    await expect(world.write('gcp.roles.edit-accounts', { name: 'none', add: ['2'] })).rejects.toMatchObject(invalid);
    expect(await reasonFor()).toBe('gcp.account');
  });

  it('are warned of where they are open', async () => {
    const warnings = async (more: Partial<Role>) =>
      ((await role({ owner: 'team', boundCidrs: ['10.0.0.0/8'], maxTtl: 3600, ...more })).warnings ?? []).join('\n');
    expect(await warnings({})).toContain('(shared-audience)');
    expect(await warnings({ boundServiceAccounts: [account.email] })).toContain('(name-only)');
    expect(await warnings({ boundServiceAccounts: [account.sub], boundAudiences: ['watchword'] })).toBe('');
  });
});
