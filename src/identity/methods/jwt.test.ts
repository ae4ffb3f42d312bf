import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InputOf } from '../../access/operation-types.ts';
import { Secret } from '../../foundation/secret.ts';
import { type IssuerNetwork, TestIssuer, unreachable } from '../jwt/testing/test-issuer.ts';
import { PlatformWorld } from './testing/platform-world.ts';

const aud = 'watchword';
let world: PlatformWorld;

beforeEach(async () => {
  world = await PlatformWorld.open({ kind: 'jwt' });
  await configure({});
});
afterEach(() => world[Symbol.asyncDispose]());

type Config = InputOf<'jwt.config.write'>;
type Role = InputOf<'jwt.roles.write'>;
const configure = (more: Config) => world.write('jwt.config.write', { oidcDiscoveryUrl: world.issuer.issuer, ...more });
const role = (more: Partial<Role>) =>
  world.write('jwt.roles.write', { name: 'train', boundAudiences: [aud], userClaim: 'sub', policies: ['features'], ...more });
const login = async (claims: Readonly<Record<string, unknown>> = {}, name: string | undefined = 'train') =>
  world.login('jwt.login', { role: name, jwt: await world.sign({ aud, sub: 'trainer', ...claims }) });
const reasonFor = async (claims: Readonly<Record<string, unknown>>, name?: string) => world.reasonOf(login(claims, name));

describe('a login with a JWT', () => {
  it('gives what the role says, and tells the claims that it maps', async () => {
    await role({
      ttl: 600,
      claimMappings: { team: 'team', '/where/cluster': 'cluster', absent: 'absent' },
      groupsClaim: 'groups',
    });
    const { output } = await login({ team: 'vision', where: { cluster: 'alpha' }, groups: ['a', 'b'] });
    expect(output).toMatchObject({
      ttl: 600,
      policies: ['default', 'features'],
      metadata: { role: 'train', team: 'vision', cluster: 'alpha' },
    });
    expect(output?.metadata).not.toHaveProperty('absent');
    expect(world.on.world.audit.records.at(-1)).toMatchObject({
      principal: { method: 'jwt', id: `${world.issuer.issuer}#trainer`, displayName: 'trainer' },
      facts: { workloadClaims: ['team=vision', 'cluster=alpha', 'sub=trainer'] },
    });
  });

  it('uses the default role of the mount where none is named', async () => {
    await role({});
    expect(await reasonFor({}, '')).toBe('role.unknown');
    await configure({ defaultRole: 'train' });
    expect((await login({}, '')).output?.policies).toContain('features');
  });

  it('never gives the name of a mapped claim to what the platform says', async () => {
    await role({ claimMappings: { team: 'sub' } });
    await login({ team: 'somebody-else' });
    expect(world.on.world.audit.records.at(-1)?.facts?.['workloadClaims']).toEqual(['sub=trainer']);
  });

  it('is repeated, and not lost, when its role changes meanwhile', async () => {
    await role({});
    world.on.world.audit.after = async ({ phase }) => {
      world.on.world.audit.after = async () => {};
      if (phase === 'intent') await role({ policies: ['other'] });
    };
    await expect(login()).rejects.toMatchObject({ code: 'store.raced' });
    expect((await login()).output?.policies).toContain('other');
  });
});

describe('no login', () => {
  it.each<[why: string, role: Partial<Role>, claims: Readonly<Record<string, unknown>>, reason: string]>([
    ['for a role that does not exist', { name: 'another' }, {}, 'role.unknown'],
    ['for another audience', {}, { aud: 'elsewhere' }, 'jwt.audience'],
    ['for an audience that begins like ours', {}, { aud: `${aud}2` }, 'jwt.audience'],
    ['for an audience that ends like ours', {}, { aud: `x/${aud}` }, 'jwt.audience'],
    ['for our audience in capitals', {}, { aud: aud.toUpperCase() }, 'jwt.audience'],
    ['for no audience', {}, { aud: undefined }, 'jwt.audience-missing'],
    ['for an empty list of audiences', {}, { aud: [] }, 'jwt.audience-missing'],
    [
      'for further audiences where the role wants its own only',
      { audienceMode: 'only' },
      { aud: [aud, 'x'] },
      'jwt.audience-further',
    ],
    ['of another issuer', {}, { iss: 'https://issuer.example.evil.test' }, 'jwt.issuer'],
    ['of the issuer with a slash more', {}, { iss: 'https://issuer.example/' }, 'jwt.issuer'],
    ['of another subject', { boundSubject: 'trainer' }, { sub: 'trainer2' }, 'jwt.subject'],
    ['of a subject that looks the same', { boundSubject: 'trainer' }, { sub: 'tr\u0430iner' }, 'jwt.subject'],
    ['without a bound claim', { boundClaims: { team: ['vision'] } }, {}, 'claims.missing'],
    ['with another value of a bound claim', { boundClaims: { team: ['vision'] } }, { team: 'vision2' }, 'claims.mismatch'],
    ['with a list where no member fits', { boundClaims: { team: ['vision'] } }, { team: ['a', 'b'] }, 'claims.mismatch'],
    ['with a glob where the role wants exact values', { boundClaims: { team: ['vision'] } }, { team: 'vis*' }, 'claims.mismatch'],
    ['without the user claim', { userClaim: 'email' }, {}, 'jwt.user-claim'],
    ['with a user claim that is an object', { userClaim: 'email' }, { email: { a: 1 } }, 'jwt.user-claim'],
    ['with groups that are no names', { groupsClaim: 'groups' }, { groups: [1] }, 'jwt.groups'],
    ['without the groups that the role asks for', { groupsClaim: 'groups' }, {}, 'jwt.groups'],
    ['with a token that lives for two days', {}, { exp: 9_999_999_999 }, 'jwt.lifetime'],
    ['with a token that is older than the role wants', { maxTokenAge: 60 }, { iat: 1_767_322_000 }, 'jwt.too-old'],
    ['with a token without id where it counts once', { jtiPolicy: 'once' }, {}, 'jwt.no-id'],
  ])('%s', async (_why, roleFields, claims, reason) => {
    await role(roleFields);
    expect(await reasonFor(claims)).toBe(reason);
  });

  it('before the mount has an issuer', async () => {
    await world.write('jwt.config.delete', {});
    await role({});
    expect(await reasonFor({})).toBe('jwt.unconfigured');
  });

  it('with the key of somebody who calls himself by the same name', async () => {
    await role({});
    const stranger = await TestIssuer.create({ issuer: world.issuer.issuer });
    const jwt = await world.sign({ aud, sub: 'trainer' }, {}, stranger.key);
    expect(await world.reasonOf(world.login('jwt.login', { role: 'train', jwt }))).toBe('jwt.signature');
  });

  it('shows by what the server does for it whether the role is there', async () => {
    const network = world.network as IssuerNetwork;
    expect(await reasonFor({}, 'another')).toBe('role.unknown');
    expect(network.keyRequests).toBe(1);
    expect(await reasonFor({ iss: 'https://elsewhere.example' }, 'another')).toBe('role.unknown');
    expect(await world.reasonOf(world.login('jwt.login', { role: 'another', jwt: Secret.fromText('x') }))).toBe('role.unknown');
  });

  it('tells its caller nothing but that it is refused', async () => {
    await role({});
    const refusals = await Promise.all(
      [login({ aud: 'x' }), login({}, 'unknown'), login({ iss: 'x' })].map((tried) =>
        tried.catch((error: Error) => error.message),
      ),
    );
    expect(new Set(refusals)).toEqual(new Set(['Permission denied.']));
  });
});

describe('a token with an id, where the role accepts each once', () => {
  beforeEach(() => role({ jtiPolicy: 'once' }));

  it('logs in one of twenty callers', async () => {
    const jwt = await world.sign({ aud, sub: 'trainer', jti: 'one' });
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => world.login('jwt.login', { role: 'train', jwt })));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await world.reasonOf(world.login('jwt.login', { role: 'train', jwt }))).toBe('jwt.replayed');
  });

  it('is used up for every such role of the mount, and ids are told apart exactly', async () => {
    await role({ name: 'other', jtiPolicy: 'once' });
    await login({ jti: 'a' });
    expect(await reasonFor({ jti: 'a' }, 'other')).toBe('jwt.replayed');
    expect(await reasonFor({ jti: 'A' }, 'other')).toBe('success');
  });

  it('is not used up by a try that is refused', async () => {
    await role({ name: 'bound', boundSubject: 'nobody', jtiPolicy: 'once' });
    expect(await reasonFor({ jti: 'b' }, 'bound')).toBe('jwt.subject');
    expect(await reasonFor({ jti: 'b' })).toBe('success');
  });

  it('stays used for as long as any clock may take it for valid', async () => {
    const jwt = await world.sign({ aud, sub: 'trainer', jti: 'c', exp: world.now + 100 });
    await world.login('jwt.login', { role: 'train', jwt });
    await role({ clockSkewLeeway: 300 });
    world.on.world.clock.time += 399_000;
    expect(await world.reasonOf(world.login('jwt.login', { role: 'train', jwt }))).toBe('jwt.replayed');
    world.on.world.clock.time += 2000;
    expect(await world.reasonOf(world.login('jwt.login', { role: 'train', jwt }))).toBe('jwt.expired');
  });
});

describe('settings', () => {
  const invalid = { code: 'login.invalid' };
  it.each<[why: string, config: Config]>([
    ['two sources of keys', { jwksUrl: 'https://issuer.example/keys' }],
    ['no source of keys', { oidcDiscoveryUrl: '' }],
    ['keys without the issuer that has them', { oidcDiscoveryUrl: '', jwksUrl: 'https://issuer.example/keys' }],
    ['a platform that does not exist', { platform: 'git-hub' }],
    ['peculiarities of a provider', { providerConfig: { provider: 'azure' } }],
    ['a trust domain without SPIFFE', { spiffeTrustDomain: 'acme.example' }],
    ['SPIFFE without a trust domain', { oidcDiscoveryUrl: '', jwksUrl: 'https://x.example', platform: 'spiffe' }],
    ['an issuer that is none of the platform', { platform: 'eks' }],
    ['plain HTTP', { oidcDiscoveryUrl: 'http://issuer.example' }],
    ['a private address that is not marked as such', { oidcDiscoveryUrl: 'https://10.0.0.1' }],
    ['an algorithm with a shared key', { jwtSupportedAlgs: ['HS256'] }],
    ['no signature at all', { jwtSupportedAlgs: ['none'] }],
  ])('with %s are refused', async (_why, config) => {
    await expect(configure(config)).rejects.toMatchObject(invalid);
  });

  it('of GitHub need no word but the platform', async () => {
    await expect(configure({ oidcDiscoveryUrl: '', platform: 'github' })).resolves.toBeDefined();
  });

  it('replace what was there before', async () => {
    await world.write('jwt.config.write', { jwks: world.jwks, boundIssuer: world.issuer.issuer });
    const { output } = await world.write('jwt.config.read', {});
    expect(output).toMatchObject({ oidcDiscoveryUrl: '', boundIssuer: world.issuer.issuer });
  });

  it('lead to keys that the issuer cannot be asked for now: the login is not refused', async () => {
    await role({});
    (world.network as IssuerNetwork).instead = unreachable;
    expect(await reasonFor({})).toBe('jwt.keys-unavailable');
    // Nor does a role's absence show by it.
    expect(await reasonFor({}, 'another')).toBe('jwt.keys-unavailable');
  });
});

describe('a role', () => {
  const warningsOf = async (more: Partial<Role>) =>
    (await role({ owner: 'team', boundCidrs: ['198.18.0.0/15'], ...more })).warnings;

  it.each<[why: string, role: Partial<Role>]>([
    ['without an audience', { boundAudiences: [] }],
    ['without a user claim', { userClaim: '' }],
    ['with a claim bound to nothing', { boundClaims: { team: [] } }],
    ['with a pointer that is none', { userClaim: 'a', userClaimJsonPointer: true }],
    ['that maps a claim to the name of the role', { claimMappings: { a: 'role' } }],
    ['that maps a claim to a name with a dot', { claimMappings: { a: 'b.c' } }],
    ['with a skew of an hour', { clockSkewLeeway: 3600 }],
    ['for people', { roleType: 'oidc' as 'jwt' }],
  ])('%s is refused', async (_why, fields) => {
    await expect(role(fields)).rejects.toMatchObject({ code: expect.stringMatching(/^(?:login|request)\.invalid$/) });
  });

  it('for GitHub is warned of where it is open', async () => {
    await configure({ oidcDiscoveryUrl: '', platform: 'github' });
    const rules = async (more: Partial<Role>) => (await warningsOf(more))?.join('\n') ?? '';
    const good = { userClaim: '', boundClaims: { repository_id: ['74'], repository_owner_id: ['65'] }, maxTtl: 3600 };
    expect(await warningsOf(good)).toEqual([]);
    expect(await rules({ ...good, boundClaims: {} })).toContain('(any-workload)');
    expect(await rules({ ...good, boundClaims: { ref: ['refs/heads/main'] } })).toContain('(user-controlled)');
    expect(await rules({ ...good, userClaim: 'actor' })).toContain('(user-controlled)');
    expect(await rules({ ...good, boundClaims: {}, boundSubject: 'repo:acme/models:environment:x' })).toContain('(name-only)');
    expect(await rules({ ...good, boundAudiences: ['https://github.com/acme'] })).toContain('(shared-audience)');
    expect(await rules({ ...good, boundClaims: { ...good.boundClaims, event_name: ['pull_request'] } })).toContain(
      '(outside-event)',
    );
    expect(await rules({ ...good, boundClaims: { repository_id: ['7*'] }, boundClaimsType: 'glob' })).toContain('(wildcard)');
    expect(await rules({ ...good, boundCidrs: [] })).toContain('(no-cidr)');
    expect(await rules({ ...good, owner: '' })).toContain('(no-owner)');
  });
});

describe('GitHub', () => {
  const job = { sub: 'repo:acme/models:environment:x', repository_id: '74', repository_owner_id: '65', event_name: 'push' };
  beforeEach(async () => {
    await world[Symbol.asyncDispose]();
    world = await PlatformWorld.open({ kind: 'jwt', issuer: 'https://token.actions.githubusercontent.com', algorithm: 'RS256' });
    await world.write('jwt.config.write', { platform: 'github' });
  });

  it('admits by a subject with ids whatever form the token has', async () => {
    await role({ userClaim: '', boundSubject: 'repo:acme@65/models@74:environment:x' });
    expect(await reasonFor(job)).toBe('success');
    expect(await reasonFor({ ...job, sub: 'repo:acme@65/models@74:environment:x' })).toBe('success');
    // Somebody took the name of a repository that was given up.
    expect(await reasonFor({ ...job, repository_id: '99' })).toBe('jwt.subject');
    expect(await reasonFor({ ...job, sub: 'repo:acme@65/models@99:environment:x', repository_id: '99' })).toBe('jwt.subject');
  });

  it('knows a renamed repository for the same workload', async () => {
    await role({ userClaim: '' });
    const subjects: unknown[] = [];
    for (const sub of [job.sub, 'repo:acme@65/renamed@74:environment:x']) {
      await login({ ...job, sub });
      subjects.push(world.on.world.audit.records.at(-1)?.principal?.id);
    }
    expect(subjects[0]).toBe(subjects[1]);
  });

  it('admits a pull request for a role that names the event, and for no other', async () => {
    await role({ userClaim: '', boundClaims: { event_name: ['pull_request', 'push'] } });
    expect(await reasonFor({ ...job, event_name: 'pull_request' })).toBe('success');
    expect(await reasonFor({ ...job, event_name: 'pull_request_target' })).toBe('claims.mismatch');
    await role({ userClaim: '', boundClaims: { event_name: ['*'] }, boundClaimsType: 'glob' });
    expect(await reasonFor({ ...job, event_name: 'pull_request' })).toBe('platform.event');
  });
});
