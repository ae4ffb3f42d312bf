import { execFile } from 'node:child_process';
import { createHash, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint, createLocalJWKSet, exportJWK, jwtVerify, SignJWT } from 'jose';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type RunningServer, startServer } from '../testing/server.ts';
import { VaultClient } from '../testing/vault-client.ts';

const { pyJwt: python } = inject('services');
const verifier = join(import.meta.dirname, 'verifier/verify.py');
const PLATFORM = 'https://platform.test';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TYPE = 'urn:ietf:params:oauth:token-type:';
const insecure = { [oauth.allowInsecureRequests]: true };

/** Somebody else's issuer, whose key the server is told. */
const platform = generateKeyPairSync('ec', { namedCurve: 'P-256' });

let server: RunningServer;
let dataDirectory: string;
let root: VaultClient;
let metadata: oauth.AuthorizationServer;
let issuer: string;
const client: oauth.Client = { client_id: 'trainer' };

async function done(method: string, path: string, body?: unknown) {
  const answer = await root.send(method, path, body === undefined ? {} : { body });
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return answer.json;
}

function platformToken(claims: Record<string, unknown> = {}): Promise<string> {
  return new SignJWT({ sub: 'job:trainer', ...claims })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(PLATFORM)
    .setAudience('watchword')
    .setIssuedAt()
    .setExpirationTime('5 minutes')
    .sign(platform.privateKey);
}

/** As a client that knows the issuer's name alone. @throws ResponseBodyError with OAuth's word for the refusal */
async function grant(grantType: string, parameters: Record<string, string>): Promise<oauth.TokenEndpointResponse> {
  const answer = await oauth.genericTokenEndpointRequest(metadata, client, oauth.None(), grantType, parameters, insecure);
  return oauth.processGenericTokenEndpointResponse(metadata, client, answer);
}

const refusal = (asked: Promise<unknown>) =>
  asked.then(
    () => 'granted',
    (error: { readonly error?: string }) => error.error ?? String(error),
  );

interface Verdict {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly algorithm?: string;
  readonly error?: string;
}

/** PyJWT, told the issuer's name and the audience. */
function verify(token: string, audience: string): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const options = { env: { PATH: process.env['PATH'], PYTHONDONTWRITEBYTECODE: '1' } };
    const child = execFile(python ?? '', [verifier, issuer, audience], options, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout) as Verdict);
      else reject(new Error(stderr));
    });
    child.stdin?.end(token);
  });
}

async function setUp(): Promise<void> {
  root = new VaultClient(server.url, await server.rootToken());
  await done('POST', 'sys/policies/acl/federate', { policy: 'path "identity/oidc/token/*" { capabilities = ["read"] }' });
  await done('POST', 'sys/auth/jwt', { type: 'jwt' });
  const pem = platform.publicKey.export({ type: 'spki', format: 'pem' });
  await done('POST', 'auth/jwt/config', { jwt_validation_pubkeys: [pem], bound_issuer: PLATFORM });
  await done('POST', 'auth/jwt/role/train', {
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: ['watchword'],
    bound_subject: 'job:trainer',
    token_policies: ['federate'],
    token_ttl: '20m',
  });
  await done('POST', 'identity/oidc/config', { issuer: server.url });
  for (const algorithm of ['RS256', 'ES256']) {
    const name = algorithm.toLowerCase();
    await done('POST', `identity/oidc/key/${name}`, { algorithm, allowed_client_ids: ['*'] });
    await done('POST', `identity/oidc/role/${name}`, {
      key: name,
      client_id: 'sts.test',
      audiences: ['https://storage.test'],
      subject: 'workload',
      workload_claims: true,
    });
  }
}

async function discover(): Promise<void> {
  ({
    data: { effective_issuer: issuer },
  } = await done('GET', 'identity/oidc/config'));
  const url = new URL(issuer);
  const answer = await oauth.discoveryRequest(url, { ...insecure, algorithm: 'oauth2' });
  metadata = await oauth.processDiscoveryResponse(url, answer);
}

describe.skipIf(python === undefined)('the issuer', () => {
  beforeAll(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'watchword-issuer-'));
    server = await startServer({ dataDirectory });
    await setUp();
    await discover();
  });
  afterAll(async () => {
    await server.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  });

  const exchanged = async (role: string, more: Record<string, string> = {}) =>
    grant(EXCHANGE, {
      subject_token: await platformToken(),
      subject_token_type: `${TYPE}jwt`,
      scope: `login:jwt:train oidc:${role}`,
      ...more,
    });

  test('is found by its name, in the documents of OpenID Connect and of OAuth', async () => {
    expect(issuer).toBe(`${server.url}/v1/identity/oidc`);
    const url = new URL(issuer);
    const openId = await oauth.discoveryRequest(url, { ...insecure, algorithm: 'oidc' });
    expect(openId.headers.get('cache-control')).toBe('public, max-age=300');
    expect(await oauth.processDiscoveryResponse(url, openId)).toEqual(metadata);
  });

  test.each(['rs256', 'es256'])("exchanges a platform's JWT for one that PyJWT verifies: %s", async (role) => {
    const { access_token, token_type, expires_in } = await exchanged(role, { audience: 'https://storage.test' });
    expect([token_type, expires_in]).toEqual(['bearer', 600]);
    const { claims, algorithm } = await verify(access_token, 'https://storage.test');
    expect(algorithm).toBe(role.toUpperCase());
    expect(claims).toMatchObject({
      iss: issuer,
      sub: expect.stringMatching(/^jwt_[0-9a-z]+:.*job:trainer/),
      workload: { method: 'jwt', role: 'train' },
    });
  });

  test('is not believed for another audience, and not where a byte was changed', async () => {
    const { access_token } = await exchanged('es256');
    expect((await verify(access_token, 'sts.test')).error).toBeUndefined();
    expect((await verify(access_token, 'another.test')).error).toBe('InvalidAudienceError');
    const [head = '', body = '', signature = ''] = access_token.split('.');
    const other = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), sub: 'x' })).toString(
      'base64url',
    );
    expect((await verify([head, other, signature].join('.'), 'sts.test')).error).toBe('InvalidSignatureError');
  });

  test('exchanges what the assertion grant gave, which nobody else can use', async () => {
    const { access_token: ours, expires_in } = await grant(BEARER, {
      assertion: await platformToken(),
      scope: 'login:jwt:train',
    });
    expect(expires_in).toBe(1200);
    const more = { subject_token: ours, subject_token_type: `${TYPE}access_token`, scope: 'oidc:es256' };
    const { access_token } = await grant(EXCHANGE, more);
    expect((await verify(access_token, 'sts.test')).claims?.['iss']).toBe(issuer);
    const look = await root.send('GET', 'auth/token/lookup-self', { token: ours });
    expect(look.json.data.path).toBe('auth/jwt/login');
    await root.send('POST', 'auth/token/revoke-self', { token: ours });
    expect(await refusal(grant(EXCHANGE, more))).toBe('invalid_request');
  });

  test('leaves no token of ours behind', async () => {
    const accessors = async () => (await done('LIST', 'auth/token/accessors')).data.keys.length;
    const before = await accessors();
    await exchanged('es256');
    expect(await accessors()).toBe(before);
  });

  test('refuses in the words of OAuth', async () => {
    expect(await refusal(exchanged('es256', { audience: 'https://storage.test.evil' }))).toBe('invalid_target');
    expect(await refusal(exchanged('none'))).toBe('invalid_request');
    expect(await refusal(exchanged('es256', { scope: 'login:jwt:other oidc:es256' }))).toBe('invalid_request');
    expect(await refusal(exchanged('es256', { subject_token: 'x.y.z' }))).toBe('invalid_request');
    expect(await refusal(grant(BEARER, { assertion: 'x.y.z', scope: 'login:jwt:train' }))).toBe('invalid_grant');
    const stranger = await platformToken({ sub: 'job:other' });
    expect(await refusal(grant(BEARER, { assertion: stranger, scope: 'login:jwt:train' }))).toBe('invalid_grant');
    expect(await refusal(grant('password', { username: 'x', password: 'y' }))).toBe('unsupported_grant_type');
  });

  test('binds what it gives to the key that signs each request, and says so in the token for others', async () => {
    await done('POST', 'auth/jwt/role/bound', {
      role_type: 'jwt',
      user_claim: 'sub',
      bound_audiences: ['watchword'],
      token_policies: ['federate'],
      token_binding: 'dpop',
    });
    const pair = await oauth.generateKeyPair('ES256', { extractable: true });
    const DPoP = oauth.DPoP(client, pair);
    const parameters = { assertion: await platformToken(), scope: 'login:jwt:bound' };
    const given = await oauth.genericTokenEndpointRequest(metadata, client, oauth.None(), BEARER, parameters, {
      ...insecure,
      DPoP,
    });
    const { access_token, token_type } = await oauth.processGenericTokenEndpointResponse(metadata, client, given);
    expect(token_type).toBe('dpop');
    const exchange = { subject_token: access_token, subject_token_type: `${TYPE}access_token`, scope: 'oidc:es256' };
    expect(await refusal(grant(EXCHANGE, exchange))).toBe('invalid_request');
    const url = new URL(`${server.url}/v1/identity/oidc/token/es256`);
    const answer = await oauth.protectedResourceRequest(access_token, 'GET', url, undefined, undefined, { ...insecure, DPoP });
    const { data } = (await answer.json()) as { data: { token: string } };
    const { claims } = await verify(data.token, 'sts.test');
    expect(claims?.['cnf']).toEqual({ jkt: await calculateJwkThumbprint(await exportJWK(pair.publicKey)) });
  });

  test('publishes a certificate with each RSA key, and OpenSSL agrees about both', async () => {
    const { keys } = await root.send('GET', 'identity/oidc/.well-known/keys', { token: null }).then(({ json }) => json);
    const rsa = keys.filter(({ kty }: { kty: string }) => kty === 'RSA');
    expect(rsa).toHaveLength(2);
    for (const { x5c, x5t, ...jwk } of rsa) {
      const der = Buffer.from(x5c[0], 'base64');
      expect(new X509Certificate(der).verify(createPublicKey({ key: jwk, format: 'jwk' }))).toBe(true);
      expect(createHash('sha1').update(der).digest('base64url')).toBe(x5t);
    }
  });

  test('killed again and again while its keys rotate, still verifies every token that it gave', async () => {
    const given: string[] = [(await exchanged('es256')).access_token];
    for (let round = 0; round < 4; round++) {
      const { port } = new URL(server.url);
      const rotations = (async () => {
        for (;;) {
          await done('POST', 'identity/oidc/key/es256/rotate', {});
          given.push((await exchanged('es256')).access_token);
        }
      })().catch(() => 'killed');
      await new Promise((resolve) => setTimeout(resolve, 60 + 35 * round));
      await server.kill();
      expect(await rotations).toBe('killed');
      server = await startServer({ dataDirectory, args: ['--port', port] });
      given.push((await exchanged('es256')).access_token);
    }
    expect(given.length).toBeGreaterThan(5);
    const { keys } = await root.send('GET', 'identity/oidc/.well-known/keys', { token: null }).then(({ json }) => json);
    const published = createLocalJWKSet({ keys });
    for (const token of given) expect((await jwtVerify(token, published, { issuer })).payload.sub).toContain('trainer');
    for (const token of [given[0], given.at(-1)]) expect(await verify(token ?? '', 'sts.test')).toHaveProperty('claims');
    expect(new Set(keys.map(({ kid }: { kid: string }) => kid)).size).toBe(keys.length);
  });
});
