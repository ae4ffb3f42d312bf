import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MountPoint } from '../../src/foundation/mount.ts';
import { type DpopClient, dpopClient, type WantedProof } from '../../src/identity/binding/testing/dpop-client.ts';
import { TestIssuer } from '../../src/identity/jwt/testing/test-issuer.ts';
import { showing } from '../../src/identity/methods/cert/testing/cert-world.ts';
import { makeAuthority, makeCertificate } from '../../src/identity/x509/testing/certificate-writer.ts';
import { type GuardedApi, openGuardedApi, type Reply, type Sending } from '../testing/guarded-api.ts';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const OWN = 'urn:watchword:params:oauth:token-type:token';
const SELF = 'GET /v1/auth/token/lookup-self';

let api: GuardedApi;
let jwt: MountPoint;
let issuer: TestIssuer;
let owner: DpopClient;
let thief: DpopClient;
/** Bound to the owner's key, and stolen. */
let stolen: string;

beforeAll(async () => {
  api = await openGuardedApi();
  [issuer, owner, thief] = await Promise.all([TestIssuer.create(), dpopClient(), dpopClient()]);
  jwt = await api.on.mountMethod('jwt');
  await api.on.world.setPolicy(
    'work',
    `path "auth/token/*" { capabilities = ["read", "update", "list", "sudo"] }
     path "sys/wrapping/*" { capabilities = ["update"] }
     path "identity/oidc/token/*" { capabilities = ["read"] }`,
  );
  await asRoot('auth/jwt/config', { jwks: JSON.stringify(issuer.jwks), bound_issuer: issuer.issuer });
  const role = {
    user_claim: 'sub',
    bound_audiences: ['here'],
    token_policies: ['work'],
    token_ttl: '30h',
    token_max_ttl: '300h',
  };
  for (const token_binding of ['dpop', 'mtls', '']) await asRoot(`auth/jwt/role/r${token_binding}`, { ...role, token_binding });
  await asRoot('identity/oidc/key/signing', { algorithm: 'ES256', allowed_client_ids: ['*'] });
  await asRoot('identity/oidc/role/s3', { key: 'signing', client_id: 's3', subject: 'workload', delegation: true });
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(async () => {
  stolen = await logIn();
});

async function asRoot(path: string, body?: object): Promise<Reply> {
  const answer = await api.send(body === undefined ? 'GET' : 'POST', `/v1/${path}`, { token: api.on.root.text, body });
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return answer;
}

const seconds = () => Math.floor(api.on.world.clock.now() / 1000);

/** For a request, and for the token where one is named. */
function proof(request: string, token?: string, more: Partial<WantedProof> = {}, by = owner): Promise<string> {
  const [method = '', path = ''] = request.split(' ');
  const bound = token === undefined ? {} : { token };
  return by.prove({ method, url: `http://${api.host}${path}`, now: seconds(), ...bound, ...more });
}

/** Strangers are limited by the second. */
function send(request: string, sending: Sending): Promise<Reply> {
  api.on.world.clock.time += 2_000;
  const [method = '', path = ''] = request.split(' ');
  return api.send(method, path, sending);
}

const signed = () => issuer.sign({ iss: issuer.issuer, sub: 'job', aud: 'here', iat: seconds(), exp: seconds() + 300 });

async function logIn(wrapTtl?: string): Promise<string> {
  api.on.world.clock.time += 2_000;
  const headers = {
    DPoP: await proof('POST /v1/auth/jwt/login'),
    ...(wrapTtl === undefined ? {} : { 'X-Vault-Wrap-TTL': wrapTtl }),
  };
  const body = { role: 'rdpop', jwt: (await signed()).text };
  const { json, text } = await api.send('POST', '/v1/auth/jwt/login', { headers, body });
  const token = json?.auth?.client_token ?? json?.wrap_info?.token;
  if (typeof token !== 'string') throw new Error(text);
  return token;
}

/** As the one who has the key. */
async function own(request: string, token = stolen, sending: Sending = {}): Promise<Reply> {
  return send(request, { token, ...sending, headers: { ...sending.headers, DPoP: await ahead(request, token) } });
}
/** The clock goes on before it is sent. */
const ahead = (request: string, token: string) => proof(request, token, { now: seconds() + 2 });

interface Use {
  readonly request: string;
  readonly body?: (token: string) => object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Status where the token is refused; 403 by default. What is opened is named in the request, and Vault calls that a bad request. */
  readonly refused?: number;
}

const uses: readonly Use[] = [
  { request: SELF },
  { request: 'HEAD /v1/auth/token/lookup-self' },
  { request: 'POST /v1/auth/token/lookup', body: (token) => ({ token }) },
  { request: 'POST /v1/auth/token/renew-self', body: () => ({ increment: '200h' }) },
  { request: 'PUT /v1/auth/token/renew-self', body: () => ({}) },
  { request: 'POST /v1/auth/token/renew', body: (token) => ({ token }) },
  { request: 'POST /v1/auth/token/revoke-self', body: () => ({}) },
  { request: 'POST /v1/auth/token/revoke', body: (token) => ({ token }) },
  { request: 'POST /v1/auth/token/create', body: () => ({ policies: ['work'] }) },
  { request: 'POST /v1/auth/token/create', body: () => ({ no_parent: true }) },
  { request: 'POST /v1/auth/token/create-orphan', body: () => ({}) },
  { request: 'LIST /v1/auth/token/accessors' },
  { request: 'POST /v1/sys/wrapping/wrap', body: () => ({ a: 1 }), headers: { 'X-Vault-Wrap-TTL': '60' } },
  { request: 'POST /v1/auth/token/create', body: () => ({}), headers: { 'X-Vault-Wrap-TTL': '60' } },
  { request: 'POST /v1/sys/wrapping/unwrap', body: (token) => ({ token }), refused: 400 },
  { request: 'POST /v1/sys/wrapping/rewrap', body: (token) => ({ token }), refused: 400 },
  { request: 'GET /v1/identity/oidc/token/s3' },
];

type Forge = (request: string) => Promise<string | readonly string[] | undefined>;
const other = (request: string) => request.replace(/^\w+/, (method) => (method === 'POST' ? 'PUT' : 'POST'));

const forgeries: readonly [name: string, forge: Forge][] = [
  ['no proof', async () => undefined],
  ['an empty proof', async () => ''],
  ['the thief\u2019s own proof', (request) => proof(request, stolen, {}, thief)],
  [
    'the thief\u2019s signature under the owner\u2019s key',
    (request) => proof(request, stolen, { header: { jwk: owner.jwk } }, thief),
  ],
  ['a proof for another method', (request) => proof(other(request), stolen)],
  ['a proof for another path', (request) => proof(`${request.split(' ')[0]} /v1/auth/token/renew-accessor`, stolen)],
  ['a proof for a path below', (request) => proof(`${request}/x`, stolen)],
  ['a proof for another host', (request) => proof(request, stolen, { url: `http://evil.test${request.split(' ')[1]}` })],
  ['a proof for no token, as at login', (request) => proof(request)],
  ['a proof for another token', (request) => proof(request, `${stolen}x`)],
  ['a proof for the token without its last letter', (request) => proof(request, stolen.slice(0, -1))],
  ['a proof of two minutes ago', (request) => proof(request, stolen, { now: seconds() - 120 })],
  ['a proof for a year from now', (request) => proof(request, stolen, { now: seconds() + 31_536_000 })],
  ['a proof for ever', (request) => proof(request, stolen, { claims: { iat: 1e308 } })],
  ['two proofs in two headers', async (request) => [await proof(request, stolen), await proof(request, stolen)]],
  ['two proofs in one header', async (request) => `${await proof(request, stolen)},${await proof(request, stolen)}`],
];

const accessors = async () =>
  new Set<string>((await api.send('LIST', '/v1/auth/token/accessors', { token: api.on.root.text })).json.data.keys);

describe.each(forgeries)('a token that is bound by DPoP, stolen, with %s', (_name, forge) => {
  test('is of no use for anything, and stays what it was', async () => {
    const before = { self: (await own(SELF)).json.data, tokens: await accessors() };
    for (const { request, body, headers, refused = 403 } of uses) {
      const dpop = await forge(request);
      const proofs = dpop === undefined ? {} : { DPoP: dpop };
      const sending = { headers: { ...headers, ...proofs }, ...(body === undefined ? {} : { body: body(stolen) }) };
      const { status, text } = await send(request, { ...sending, token: stolen });
      expect({ request, status, text }).toMatchObject({ request, status: refused });
      expect(text).not.toContain(stolen);
      for (const scheme of ['Bearer', 'DPoP']) {
        const again = { ...sending.headers, Authorization: `${scheme} ${stolen}` };
        expect((await send(request, { ...sending, headers: again })).status).toBe(refused);
      }
    }
    const { ttl: _left, ...after } = (await own(SELF)).json.data;
    expect(before.self).toMatchObject(after);
    expect(await accessors()).toEqual(before.tokens);
  });
});

describe('a proof that was overheard', () => {
  test.each(uses)(
    'does not do what its request did a second time: $request',
    async ({ request, body, headers = {}, refused = 403 }) => {
      const sending = {
        ...(body === undefined ? {} : { body: body(stolen) }),
        headers: { ...headers, DPoP: await ahead(request, stolen) },
      };
      await send(request, { ...sending, token: stolen });
      const tokens = await accessors();
      expect((await send(request, { ...sending, token: stolen })).status).toBe(refused);
      expect(await accessors()).toEqual(tokens);
    },
  );

  test('is good for one of many requests at once', async () => {
    const DPoP = await proof(SELF, stolen);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => api.send('GET', '/v1/auth/token/lookup-self', { token: stolen, headers: { DPoP } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 403)]);
  });

  test.each([
    '/v1/auth/token/x/../lookup-self',
    '/v1/auth/token/lookup-self/',
    '/v1/auth/token//lookup-self',
    '//v1/auth/token/lookup-self',
  ])('does nothing else by another spelling of the path: %s', async (path) => {
    const DPoP = await proof(SELF, stolen);
    expect((await send(`GET ${path}`, { token: stolen, headers: { DPoP } })).status).not.toBe(200);
  });
});

describe('what a bound token gives', () => {
  const child = async (sending: Sending) => own('POST /v1/auth/token/create', stolen, sending);

  test('is bound to the same key: its children, theirs, and what was wrapped on the way', async () => {
    const { auth } = (await child({ body: { policies: ['work'] } })).json;
    const grandchild = (await own('POST /v1/auth/token/create', auth.client_token, { body: {} })).json.auth;
    const wrapped = (await child({ body: {}, headers: { 'X-Vault-Wrap-TTL': '60' } })).json.wrap_info.token;
    const atLogin = await logIn('60');
    const unwrapped = [];
    for (const token of [wrapped, atLogin]) {
      unwrapped.push((await send('POST /v1/sys/wrapping/unwrap', { token, body: {} })).json.auth);
    }
    for (const { client_token: token } of [auth, grandchild, ...unwrapped]) {
      expect((await send(SELF, { token })).status).toBe(403);
      const ofParent = await ahead(SELF, stolen);
      expect((await send(SELF, { token, headers: { DPoP: ofParent } })).status).toBe(403);
      const ofThief = await proof(SELF, token, { now: seconds() + 2 }, thief);
      expect((await send(SELF, { token, headers: { DPoP: ofThief } })).status).toBe(403);
      expect((await own(SELF, token)).json.data).toMatchObject({ token_binding: 'dpop' });
    }
  });

  test('stays bound when it is renewed, also by somebody else', async () => {
    expect((await own('POST /v1/auth/token/renew-self', stolen, { body: {} })).status).toBe(200);
    await asRoot('auth/token/renew', { token: stolen });
    expect((await send(SELF, { token: stolen })).status).toBe(403);
    expect((await own(SELF)).json.data).toMatchObject({ token_binding: 'dpop' });
  });

  test('ends with it, key or no key', async () => {
    const { auth } = (await child({ body: {} })).json;
    expect((await own('POST /v1/auth/token/revoke-self', stolen, { body: {} })).status).toBe(204);
    expect((await own(SELF, auth.client_token)).status).toBe(403);
  });
});

describe('at /oauth/token', () => {
  const PATH = 'POST /oauth/token';
  const exchange = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    send(PATH, {
      body: new URLSearchParams({ grant_type: EXCHANGE, scope: 'oidc:s3', ...fields }).toString(),
      headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
    });
  const subject = (token: string) => ({ subject_token: token, subject_token_type: OWN });

  test('a stolen token is exchanged for nothing without its key', async () => {
    for (const [name, forge] of forgeries) {
      const DPoP = await forge(PATH);
      if (Array.isArray(DPoP)) continue;
      const { status, json } = await exchange(subject(stolen), DPoP === undefined ? {} : { DPoP: DPoP as string });
      expect({ name, status, json }).toMatchObject({ name, status: 400, json: { error: 'invalid_request' } });
      expect(json.access_token).toBeUndefined();
    }
  });

  test('it is exchanged once for each proof of its owner, for a token of the same key', async () => {
    const headers = { DPoP: await ahead('POST /oauth/token', stolen) };
    const { json } = await exchange(subject(stolen), headers);
    expect(json).toMatchObject({ token_type: 'DPoP' });
    expect(decodeJwt(json.access_token)['cnf']).toEqual({ jkt: expect.stringMatching(/^[\w-]{43}$/) });
    expect((await exchange(subject(stolen), headers)).status).toBe(400);
  });

  test('nobody acts by a stolen token, with a key of his own or none', async () => {
    const body = { role: 'r', jwt: (await signed()).text };
    const { auth } = (await send('POST /v1/auth/jwt/login', { body })).json;
    const acting = { ...subject(auth.client_token), actor_token: stolen, actor_token_type: OWN };
    for (const by of [undefined, thief]) {
      const DPoP = by === undefined ? undefined : await proof('POST /oauth/token', stolen, { now: seconds() + 2 }, by);
      const { status, json } = await exchange(acting, DPoP === undefined ? {} : { DPoP });
      expect({ status, token: json.access_token }).toEqual({ status: 400, token: undefined });
    }
    expect((await exchange(subject(auth.client_token))).json).toMatchObject({ token_type: 'Bearer' });
  });
});

describe('a token that is bound to a certificate, stolen', () => {
  test('is of no use to who only says that he has the certificate', async () => {
    const now = api.on.world.clock.now();
    const certificate = makeCertificate({ subject: [['CN', 'job']] }, now, makeAuthority('Acme', now));
    const how = { proofs: showing([certificate]), remote: { address: '192.0.2.9', port: 1 } };
    const { output } = await api.on.performAt(jwt, 'jwt.login', { role: 'rmtls', jwt: await signed() }, how);
    const token = output?.token?.text ?? '';
    const pem = encodeURIComponent(certificate.pem);
    const said = {
      'X-Client-Cert': pem,
      'X-Forwarded-Client-Cert': `Hash=00;Cert="${pem}"`,
      'Client-Cert': `:${Buffer.from(certificate.der).toString('base64')}:`,
      'X-SSL-Client-Cert': pem,
      'X-SSL-Client-Verify': 'SUCCESS',
      SSL_CLIENT_CERT: pem,
    };
    const tokens = await accessors();
    for (const { request, body, headers, refused = 403 } of uses) {
      const DPoP = await proof(request, token, { now: seconds() + 2 }, thief);
      const sending = body === undefined ? {} : { body: body(token) };
      const { status } = await send(request, { ...sending, token, headers: { ...headers, ...said, DPoP } });
      expect({ request, status }).toEqual({ request, status: refused });
    }
    expect(await accessors()).toEqual(tokens);
  });
});
