import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DpopClient, dpopClient } from '../../src/identity/binding/testing/dpop-client.ts';
import { CLIENT, FakeProvider } from '../../src/identity/methods/oidc/testing/fake-provider.ts';
import { type GuardedApi, openGuardedApi, type Reply } from '../testing/guarded-api.ts';

const POLL = '/v1/auth/oidc/oidc/poll';

let api: GuardedApi;
let provider: FakeProvider;
let owner: DpopClient;
let thief: DpopClient;

beforeAll(async () => {
  let now = () => 0;
  provider = await FakeProvider.create(() => now());
  api = await openGuardedApi(provider);
  now = () => api.on.world.clock.now();
  [owner, thief] = await Promise.all([dpopClient(), dpopClient()]);
  const config = { oidc_discovery_url: provider.issuer.issuer, oidc_client_id: CLIENT, jwt_supported_algs: ['ES256'] };
  for (const path of ['oidc', 'second']) {
    await api.on.mountMethod('oidc', path);
    await asRoot(`auth/${path}/config`, config);
    for (const role of ['people', 'admins']) await asRoot(`auth/${path}/role/${role}`, { token_policies: [`${role}-${path}`] });
  }
  await asRoot('auth/oidc/role/bound', { token_policies: ['work'], token_binding: 'dpop' });
  await api.on.world.setPolicy('work', 'path "auth/token/*" { capabilities = ["read", "update"] }');
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => {
  // Strangers are limited by the second.
  api.on.world.clock.time += 60_000;
});

async function asRoot(path: string, body: object): Promise<void> {
  const { status, text } = await api.send('POST', `/v1/${path}`, { token: api.on.root.text, body });
  if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
}

const seconds = () => Math.floor(api.on.world.clock.now() / 1000);
const begin = async (role = 'people'): Promise<{ state: string; user_code: string }> =>
  (await api.send('POST', '/v1/auth/oidc/oidc/device', { body: { role, client_nonce: 'mine' } })).json.data;
const poll = (
  state: string,
  { body = {}, ...more }: { body?: object; headers?: Readonly<Record<string, string>> } = {},
  path = POLL,
) => api.send('POST', path, { ...more, body: { state, client_nonce: 'mine', ...body } });
const proof = (by: DpopClient, request: string, token?: string) => {
  const [method = '', path = ''] = request.split(' ');
  return by.prove({ method, url: `http://${api.host}${path}`, now: seconds(), ...(token === undefined ? {} : { token }) });
};
const gives = ({ status, json }: Reply) => ({ status, policies: json?.auth?.policies, wrapped: json?.wrap_info ?? undefined });
const nothing = (status: number) => ({ status, policies: undefined, wrapped: undefined });

describe('a login on a device, over HTTP', () => {
  test('tells its beginner what a person needs, and no more', async () => {
    const told = await begin();
    expect(Object.keys(told).sort()).toEqual(['expires_in', 'poll_interval', 'state', 'user_code', 'verification_uri']);
    expect(JSON.stringify(told)).not.toContain(`device-${told.user_code}`);
  });

  test('takes no other role, mount, policies or lifetime from who asks whether it is done', async () => {
    const { state, user_code } = await begin('people');
    provider.agree(user_code);
    const body = {
      role: 'admins',
      policies: ['root'],
      token_policies: ['root'],
      mount: 'second',
      token_ttl: '900h',
      ttl: '900h',
    };
    const reply = await poll(state, { body });
    expect(gives(reply).policies ?? ['default', 'people-oidc']).toEqual(['default', 'people-oidc']);
    const { auth } = (reply.status === 200 ? reply : await poll(state)).json;
    expect(auth).toMatchObject({ policies: ['default', 'people-oidc'], metadata: { role: 'people' } });
    expect(auth.lease_duration).toBeLessThan(900 * 3600);
  });

  test.each([
    '/v1/auth/second/oidc/poll',
    '/v1/auth/oidc/oidc/callback',
    '/v1/auth/oidc/../second/oidc/poll',
    '/v1/auth/oidc//oidc/poll',
    '/v1/auth/oidc/oidc/poll/x',
    '/v1/auth/oidc/poll',
  ])('is not finished at %s', async (path) => {
    const { state, user_code } = await begin();
    provider.agree(user_code);
    expect(gives(await poll(state, {}, path))).toEqual(
      nothing(expect.toSatisfy((status: number) => status >= 400 && status < 500) as never),
    );
    expect(gives(await poll(state))).toMatchObject({ status: 200, policies: ['default', 'people-oidc'] });
  });

  test('is not finished by an address that names it, which proxies would keep', async () => {
    const { state, user_code } = await begin();
    provider.agree(user_code);
    const query = `${POLL}?state=${state}&client_nonce=mine`;
    for (const method of ['GET', 'POST', 'PUT', 'LIST', 'HEAD']) {
      expect([method, (await api.send(method, query, {})).status]).toEqual([
        method,
        expect.toSatisfy((status: number) => status >= 400),
      ]);
    }
    expect((await poll(state)).status).toBe(200);
  });

  test('gives nothing to wrap while nobody has agreed, and the token wrapped once somebody has', async () => {
    const { state, user_code } = await begin();
    const headers = { 'X-Vault-Wrap-TTL': '60' };
    expect(gives(await poll(state, { headers }))).toEqual(nothing(400));
    provider.agree(user_code);
    const { json } = await poll(state, { headers });
    expect(json.auth ?? null).toBeNull();
    const unwrapped = await api.send('POST', '/v1/sys/wrapping/unwrap', { token: json.wrap_info.token, body: {} });
    expect(unwrapped.json.auth.policies).toEqual(['default', 'people-oidc']);
    expect(gives(await poll(state, { headers }))).toEqual(nothing(403));
  });

  test('refuses a stranger as it refuses one whose login is over, letter for letter', async () => {
    const { state, user_code } = await begin();
    provider.agree(user_code);
    const stranger = await poll(state, { body: { client_nonce: 'guessed' } });
    const unknown = await poll('x'.repeat(state.length));
    await poll(state);
    const over = await poll(state);
    for (const { status, text } of [unknown, over])
      expect({ status, text }).toEqual({ status: stranger.status, text: stranger.text });
    expect(stranger.status).toBe(403);
  });

  test.each<[what: string, body: object]>([
    ['a number', { state: 7 }],
    ['a list', { state: ['x'] }],
    ['an object', { state: { $ne: '' } }],
    ['nothing', { state: null }],
    ['half a letter', { state: '\ud800' }],
    ['a NUL', { state: '\u0000' }],
    ['a novel', { state: 'x'.repeat(100_000) }],
    ['a nonce that is a list', { client_nonce: ['mine'] }],
    ['a nonce that is true', { client_nonce: true }],
    ['no nonce', { client_nonce: null }],
  ])('that is asked for with %s is refused in peace', async (_what, body) => {
    const { state, user_code } = await begin();
    provider.agree(user_code);
    expect(gives(await poll(state, { body }))).toEqual(
      nothing(expect.toSatisfy((status: number) => [400, 403, 413].includes(status)) as never),
    );
    expect((await poll(state)).status).toBe(200);
    expect(api.logged).toEqual([]);
  });
});

describe('a login on a device, for a role that binds its tokens', () => {
  test('gives no token without a proof of a key, nor for one of another request', async () => {
    const { state, user_code } = await begin('bound');
    provider.agree(user_code);
    const wrong = [undefined, '', await proof(owner, 'POST /v1/auth/oidc/oidc/device'), await proof(owner, `GET ${POLL}`)];
    for (const DPoP of wrong) {
      const { status, json } = await poll(state, DPoP === undefined ? {} : { headers: { DPoP } });
      expect({ refused: status >= 400 && status < 500, auth: json?.auth }).toEqual({ refused: true, auth: undefined });
    }
  });

  test('gives one that is of use to the key alone that proved itself', async () => {
    const { state, user_code } = await begin('bound');
    provider.agree(user_code);
    const { json } = await poll(state, { headers: { DPoP: await proof(owner, `POST ${POLL}`) } });
    const token: string = json.auth.client_token;
    const self = '/v1/auth/token/lookup-self';
    expect((await api.send('GET', self, { token })).status).toBe(403);
    for (const [by, status] of [
      [thief, 403],
      [owner, 200],
    ] as const) {
      const DPoP = await proof(by, `GET ${self}`, token);
      expect((await api.send('GET', self, { token, headers: { DPoP } })).status).toBe(status);
    }
  });
});
