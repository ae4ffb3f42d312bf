import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestIssuer } from '../../src/identity/jwt/testing/test-issuer.ts';
import { type GuardedApi, openGuardedApi, type Reply } from '../testing/guarded-api.ts';

const BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';

let api: GuardedApi;
let issuer: TestIssuer;

beforeAll(async () => {
  [api, issuer] = await Promise.all([openGuardedApi(), TestIssuer.create()]);
  for (const kind of ['jwt', 'approle', 'userpass']) await api.on.mountMethod(kind);
  await asRoot('auth/jwt/config', { jwks: JSON.stringify(issuer.jwks), bound_issuer: issuer.issuer });
  await asRoot('auth/jwt/role/train', { user_claim: 'sub', bound_audiences: ['here'], token_ttl: '1h' });
});
afterAll(() => api[Symbol.asyncDispose]());

async function asRoot(path: string, body: object): Promise<void> {
  const { status, text } = await api.send('POST', `/v1/${path}`, { token: api.on.root.text, body });
  if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
}

const seconds = () => Math.floor(api.on.world.clock.now() / 1000);
const signed = async (aud = 'here') =>
  (await issuer.sign({ iss: issuer.issuer, sub: 'job', aud, iat: seconds(), exp: seconds() + 300 })).text;

/** By one grant or the other. */
function logIn(grant: string, jwt: string, place: string): Promise<Reply> {
  const form: Record<string, string> =
    grant === BEARER
      ? { grant_type: grant, assertion: jwt, scope: `login:${place}` }
      : { grant_type: grant, subject_token: jwt, subject_token_type: JWT, scope: `login:${place} oidc:none` };
  return api.send('POST', '/oauth/token', {
    body: new URLSearchParams(form).toString(),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  });
}

describe.each([BEARER, EXCHANGE])('who tries mounts and roles by the grant %s', (grant) => {
  const places = ['jwt:train', 'jwt:unknown', 'none:train', 'approle:train', 'userpass:train', 'token:train', 'jwt/login:train'];

  test('gets the same answers everywhere, as often as he tries', async () => {
    api.on.world.clock.time += 3_600_000;
    const answers = new Map<string, string[]>();
    for (const place of places) {
      // Good for another role of another server: refused by the mount that there is.
      const jwt = await signed('elsewhere');
      const said: string[] = [];
      for (let i = 0; i < 15; i++) {
        const { status, text } = await logIn(grant, jwt, place);
        said.push(`${status} ${text}`);
      }
      answers.set(place, said);
    }
    const [first = [], ...others] = answers.values();
    const name = grant === BEARER ? 'invalid_grant' : 'invalid_request';
    expect(first[0]).toBe(`400 {"error":"${name}","error_description":"permission denied"}\n`);
    expect(new Set(first.slice(0, 10))).toEqual(new Set([first[0]]));
    expect(first[10]).toMatch(/^429 /);
    for (const other of others) expect(other).toEqual(first);
  });

  test('is heard of up to his share, whether there is something or not', async () => {
    api.on.world.clock.time += 3_600_000;
    for (const place of places) {
      const before = api.on.world.audit.records.length;
      const jwt = await signed('elsewhere');
      for (let i = 0; i < 15; i++) await logIn(grant, jwt, place);
      expect(api.on.world.audit.records.length - before).toBe(10);
      expect(api.on.world.audit.records.at(-1)).toMatchObject({ phase: 'complete', outcome: 'denied' });
    }
  });
});

test('who has a good token logs in although others at his address try in vain', async () => {
  api.on.world.clock.time += 3_600_000;
  const refused = await signed('elsewhere');
  for (let i = 0; i < 30; i++) await logIn(BEARER, refused, 'jwt:train');
  expect((await logIn(BEARER, await signed(), 'jwt:train')).status).toBe(200);
});

test('nothing is asked of a namespace that there is not', async () => {
  const body = new URLSearchParams({ grant_type: BEARER, assertion: await signed(), scope: 'login:jwt:train' }).toString();
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Vault-Namespace': 'team' };
  const { status, json } = await api.send('POST', '/oauth/token', { body, headers });
  expect([status >= 400 && status < 500, json.access_token]).toEqual([true, undefined]);
});
