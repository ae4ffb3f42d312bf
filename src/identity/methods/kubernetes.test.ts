import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InputOf } from '../../access/operation-types.ts';
import type { OutgoingAnswer } from '../../foundation/ports.ts';
import { Secret } from '../../foundation/secret.ts';
import { jsonAnswer, TestIssuer, unreachable } from '../jwt/testing/test-issuer.ts';
import { kubernetesExample } from '../platforms/kubernetes-claims.ts';
import { FakeApiServer } from './testing/fake-api-server.ts';
import { PlatformWorld } from './testing/platform-world.ts';

type Config = InputOf<'kubernetes.config.write'>;
type Role = InputOf<'kubernetes.roles.write'>;
type Claims = Readonly<Record<string, unknown>>;

const aud = 'watchword';
const issuer = 'https://kubernetes.default.svc.cluster.local';
const account = kubernetesExample['kubernetes.io'];
const { uid } = account.serviceaccount;
const changed = (more: object) => ({ 'kubernetes.io': { ...account, ...more } });

let world: PlatformWorld;
const api = () => world.network as FakeApiServer;

beforeEach(async () => {
  world = await PlatformWorld.open({ kind: 'kubernetes', issuer, network: new FakeApiServer() });
});
afterEach(() => world[Symbol.asyncDispose]());

const configure = (config: Config) => world.write('kubernetes.config.write', config);
const role = (more: Partial<Role> = {}) =>
  world.write('kubernetes.roles.write', {
    name: 'train',
    boundServiceAccountNames: ['trainer'],
    boundServiceAccountNamespaces: ['research'],
    audience: aud,
    policies: ['features'],
    ...more,
  });
const token = (claims: Claims = {}) => world.sign({ aud: [aud], ...kubernetesExample, ...claims });
const login = async (claims: Claims = {}) => world.login('kubernetes.login', { role: 'train', jwt: await token(claims) });
const reasonFor = (claims: Claims = {}) => world.reasonOf(login(claims));

describe('a pod, by the signature of its cluster', () => {
  beforeEach(async () => {
    await configure({ issuer, jwks: world.jwks, cluster: 'alpha' });
    await role();
  });

  it('gets a token that says which account, pod and node it is', async () => {
    const { output } = await login();
    expect(output).toMatchObject({
      policies: ['default', 'features'],
      metadata: {
        role: 'train',
        service_account_name: 'trainer',
        service_account_namespace: 'research',
        service_account_uid: uid,
      },
    });
    const { principal, facts } = world.on.world.audit.records.at(-1) ?? {};
    expect(principal).toMatchObject({ method: 'kubernetes', id: `${issuer}#${uid}`, displayName: 'research-trainer' });
    expect(facts).toMatchObject({ workloadCluster: 'alpha' });
    expect(facts?.['workloadClaims']).toEqual(
      expect.arrayContaining(['namespace=research', 'node_name=gpu-7', 'pod_name=train-0']),
    );
    expect(api().requests).toEqual([]);
  });

  it.each<[why: string, role: Partial<Role>, claims: Claims, reason: string]>([
    [
      'of another namespace',
      {},
      { ...changed({ namespace: 'dev' }), sub: 'system:serviceaccount:dev:trainer' },
      'kubernetes.namespace',
    ],
    ['of another account', { boundServiceAccountNames: ['other'] }, {}, 'kubernetes.name'],
    ['of an account whose name begins like it', { boundServiceAccountNames: ['train'] }, {}, 'kubernetes.name'],
    ['of a name that fits no glob', { boundServiceAccountNames: ['*er-2'] }, {}, 'kubernetes.name'],
    ['whose subject says another account', {}, { sub: 'system:serviceaccount:research:admin' }, 'platform.inconsistent'],
    ['of a subject with five parts', {}, { sub: 'system:serviceaccount:research:trainer:x' }, 'platform.inconsistent'],
    ['of an account that was made anew', { boundServiceAccountUids: ['0a0a'] }, {}, 'kubernetes.uid'],
    ['on another node', { boundNodes: ['gpu-8'] }, {}, 'kubernetes.node'],
    ['on a node that is not named', { boundNodes: ['gpu-7'] }, changed({ node: undefined }), 'kubernetes.node'],
    ['of no pod', { requirePod: true }, changed({ pod: undefined }), 'kubernetes.pod'],
    ['of another cluster with the same subject', {}, { iss: 'https://kubernetes.default.svc' }, 'jwt.issuer'],
    ['for the API server', {}, { aud: [issuer] }, 'jwt.audience'],
    ['for AWS as well', {}, { aud: [aud, 'sts.amazonaws.com'] }, 'platform.audience'],
    ['that lives for a year', {}, { exp: 1_798_800_000 }, 'jwt.lifetime'],
    ['from a Secret, which never expires', {}, { exp: undefined }, 'jwt.claims-missing'],
  ])('is refused with a token %s', async (_why, fields, claims, reason) => {
    await role(fields);
    expect(await reasonFor(claims)).toBe(reason);
  });

  it('is refused with the key of another cluster, and for a role that does not exist', async () => {
    const other = await TestIssuer.create({ issuer });
    const jwt = await world.sign({ aud, ...kubernetesExample }, {}, other.key);
    expect(await world.reasonOf(world.login('kubernetes.login', { role: 'train', jwt }))).toBe('jwt.signature');
    expect(await world.reasonOf(world.login('kubernetes.login', { role: 'other', jwt }))).toBe('role.unknown');
  });

  it('is admitted by globs, which are anchored at both ends', async () => {
    await role({ boundServiceAccountNames: ['train*'], boundServiceAccountNamespaces: ['*search'] });
    expect(await reasonFor()).toBe('success');
    const fake = { namespace: 'research-evil', serviceaccount: { name: 'trainer', uid } };
    expect(await reasonFor({ ...changed(fake), sub: 'system:serviceaccount:research-evil:trainer' })).toBe(
      'kubernetes.namespace',
    );
  });

  it("takes the mount's audience where the role names none", async () => {
    await configure({ issuer, jwks: world.jwks, defaultAudience: aud });
    await role({ audience: '' });
    expect(await reasonFor()).toBe('success');
  });
});

describe('a pod, by the word of the API server', () => {
  const user = {
    username: 'system:serviceaccount:research:trainer',
    uid,
    extra: { 'authentication.kubernetes.io/pod-uid': [account.pod.uid] },
  };
  const good = { authenticated: true, audiences: [aud], user };

  beforeEach(async () => {
    await configure({
      kubernetesHost: 'https://10.0.0.1:6443',
      kubernetesCaCert: 'the CA',
      tokenReviewerJwt: Secret.fromText('reviewer'),
    });
    await role();
    api().status = good;
  });

  it('gets a token; the API server is asked with the reviewer, the pinned CA and the audience of the role', async () => {
    expect((await login()).output?.policies).toContain('features');
    const [request] = api().requests;
    expect(request).toMatchObject({
      url: 'https://10.0.0.1:6443/apis/authentication.k8s.io/v1/tokenreviews',
      method: 'POST',
      ca: 'the CA',
      headers: { authorization: 'Bearer reviewer' },
    });
    expect(JSON.parse(String(request?.body))).toMatchObject({ kind: 'TokenReview', spec: { audiences: [aud] } });
    expect(world.on.world.audit.records.at(-1)?.principal?.id).toBe(`${issuer}#${uid}`);
  });

  it.each<[why: string, status: Claims, reason: string]>([
    ['that it is not good', { ...good, authenticated: false }, 'kubernetes.not-authenticated'],
    ['nothing', {}, 'kubernetes.not-authenticated'],
    ['an error beside its yes', { ...good, error: 'token expired' }, 'kubernetes.not-authenticated'],
    ['no audience', { ...good, audiences: undefined }, 'kubernetes.audience'],
    ['an empty list of audiences', { ...good, audiences: [] }, 'kubernetes.audience'],
    ['another audience', { ...good, audiences: [`${aud}2`] }, 'kubernetes.audience'],
    ['no user', { ...good, user: undefined }, 'kubernetes.other-account'],
    ['a person', { ...good, user: { ...user, username: 'ada' } }, 'kubernetes.other-account'],
    ['a node', { ...good, user: { ...user, username: 'system:node:gpu-7' } }, 'kubernetes.other-account'],
    ['a fifth part', { ...good, user: { ...user, username: `${user.username}:x` } }, 'kubernetes.other-account'],
    [
      'another account',
      { ...good, user: { ...user, username: 'system:serviceaccount:research:admin' } },
      'kubernetes.other-account',
    ],
    [
      'another namespace',
      { ...good, user: { ...user, username: 'system:serviceaccount:dev:trainer' } },
      'kubernetes.other-account',
    ],
    ['another uid', { ...good, user: { ...user, uid: 'another' } }, 'kubernetes.other-account'],
    ['no uid', { ...good, user: { ...user, uid: undefined } }, 'kubernetes.other-account'],
    [
      'another pod',
      { ...good, user: { ...user, extra: { 'authentication.kubernetes.io/pod-uid': ['another'] } } },
      'kubernetes.other-account',
    ],
  ])('is refused when it says %s', async (_why, status, reason) => {
    api().status = status;
    expect(await reasonFor()).toBe(reason);
  });

  it.each<[why: string, answer: () => Promise<OutgoingAnswer>, reason: string]>([
    ['does not answer', unreachable, 'kubernetes.unreachable'],
    ['fails', async () => jsonAnswer({}, 500), 'kubernetes.unreachable'],
    ['sends elsewhere', async () => jsonAnswer({}, 302), 'kubernetes.unreachable'],
    ['does not know the reviewer', async () => jsonAnswer({}, 401), 'kubernetes.reviewer'],
    ['does not let the reviewer ask', async () => jsonAnswer({}, 403), 'kubernetes.reviewer'],
    ['answers something else', async () => jsonAnswer({ kind: 'Status', status: 'Failure' }), 'kubernetes.answer'],
    [
      'answers with another object of the same status',
      async () => jsonAnswer({ kind: 'SelfSubjectReview', status: good }),
      'kubernetes.answer',
    ],
    ['answers with no JSON', async () => ({ status: 201, headers: {}, body: Buffer.from('<html>') }), 'kubernetes.answer'],
    [
      'says yes as a text',
      async () => jsonAnswer({ kind: 'TokenReview', status: { ...good, authenticated: 'true' } }),
      'kubernetes.answer',
    ],
  ])('may try again later when it %s', async (_why, answer, reason) => {
    api().instead = answer;
    const tried = login();
    await expect(tried).rejects.toMatchObject({ code: 'login.unavailable' });
    expect(await world.reasonOf(tried)).toBe(reason);
  });

  it('asks with its own token where there is no reviewer, and is refused where it may not', async () => {
    await configure({ kubernetesHost: 'https://10.0.0.1:6443' });
    const jwt = await token();
    await world.login('kubernetes.login', { role: 'train', jwt });
    expect(api().requests.at(-1)?.headers?.['authorization']).toBe(`Bearer ${jwt.text}`);
    api().instead = async () => jsonAnswer({}, 403);
    expect(await reasonFor()).toBe('kubernetes.reviewer');
  });

  it('is not asked about when it could not log in anyway', async () => {
    expect(await reasonFor({ aud: 'other' })).toBe('jwt.audience');
    expect(await reasonFor({ ...changed({ namespace: 'dev' }), sub: 'system:serviceaccount:dev:trainer' })).toBe(
      'kubernetes.namespace',
    );
    expect(await reasonFor({ exp: world.now - 100, iat: world.now - 200 })).toBe('jwt.expired');
    expect(api().requests).toEqual([]);
  });

  it('must have a good signature too where the keys are given, without which the API server is not asked', async () => {
    await configure({ kubernetesHost: 'https://10.0.0.1:6443', jwks: world.jwks });
    expect(await reasonFor()).toBe('success');
    const other = await TestIssuer.create({ issuer });
    const jwt = await world.sign({ aud, ...kubernetesExample }, {}, other.key);
    expect(await world.reasonOf(world.login('kubernetes.login', { role: 'train', jwt }))).toBe('jwt.signature');
    expect(api().requests).toHaveLength(1);
  });
});

describe('settings and roles', () => {
  const invalid = { code: expect.stringMatching(/^(?:login|request)\.invalid$/) };
  const host = 'https://10.0.0.1';

  it.each<[why: string, config: Config]>([
    ['no issuer', { review: 'jwks', jwksUrl: 'https://keys.example' }],
    ['no host', { review: 'token-review' }],
    ['a host without TLS', { kubernetesHost: 'http://10.0.0.1' }],
    ['a host with credentials', { kubernetesHost: 'https://a:b@10.0.0.1' }],
    ['a host that is no URL', { kubernetesHost: '10.0.0.1' }],
    ['any issuer at all', { kubernetesHost: host, disableIssValidation: true as false }],
    ['keys from two places', { issuer, jwks: '{}', jwksUrl: 'https://keys.example' }],
    ['a reviewer that is never used', { issuer, jwksUrl: 'https://keys.example', tokenReviewerJwt: Secret.fromText('x') }],
  ])('%s: refused', async (_why, config) => {
    await expect(configure(config)).rejects.toMatchObject(invalid);
  });

  it.each<[why: string, role: Partial<Role>]>([
    ['no audience', { audience: '' }],
    ["the API server's default audience", { audience: 'https://kubernetes.default.svc' }],
    ["the cluster's issuer as audience", { audience: 'https://cluster.example' }],
    ["AWS's audience", { audience: 'sts.amazonaws.com' }],
    ['no names', { boundServiceAccountNames: [] }],
    ['no namespaces', { boundServiceAccountNamespaces: [] }],
    ['everybody', { boundServiceAccountNames: ['*'], boundServiceAccountNamespaces: ['*'] }],
    ['namespaces by their labels', { boundServiceAccountNamespaceSelector: '{}' as '' }],
  ])('a role for %s: refused', async (_why, fields) => {
    await configure({ issuer: 'https://cluster.example', jwks: world.jwks });
    await expect(role(fields)).rejects.toMatchObject(invalid);
  });

  it('a role that is wide open is warned of', async () => {
    await configure({ issuer, jwks: world.jwks });
    const warnings = async (fields: Partial<Role>) =>
      ((await role({ owner: 'team', maxTtl: 3600, ...fields })).warnings ?? []).join('\n');
    expect(await warnings({})).toBe('');
    expect(await warnings({ boundServiceAccountNamespaces: ['*'] })).toContain('(any-namespace)');
    expect(await warnings({ boundServiceAccountNames: ['*'] })).toContain('(any-workload)');
    expect(await warnings({ boundServiceAccountNames: ['tr*'] })).toContain('(wildcard)');
    expect(await warnings({ audience: issuer, allowDefaultAudience: true })).toContain('(shared-audience)');
  });

  it('the reviewer is never told', async () => {
    await configure({ kubernetesHost: host, tokenReviewerJwt: Secret.fromText('reviewer-canary') });
    const { output } = await world.write('kubernetes.config.read', {});
    expect(JSON.stringify([output, world.on.world.audit.records])).not.toContain('reviewer-canary');
  });
});
