import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ErrorCode, WatchwordError } from '../../foundation/errors.ts';
import { silentLogger } from '../../foundation/ports.ts';
import { Secret } from '../../foundation/secret.ts';
import { FakeDoor, mount } from '../vault/testing/fake-door.ts';
import { WireClient } from '../vault/testing/wire-client.ts';
import { createOauthApi } from './oauth-api.ts';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TYPE = 'urn:ietf:params:oauth:token-type:';
const OWN = 'urn:watchword:params:oauth:token-type:token';

let door: FakeDoor;
let wire: WireClient;
/** What the door was asked, with its secrets, which do not outlive the request. */
let steps: string[];
let issuerPath: string;

beforeEach(async () => {
  steps = [];
  issuerPath = '';
  const token = (text: string) => Secret.fromText(text);
  door = new FakeDoor({
    'issuer.token': ({ role, audience, actor }: { role: string; audience?: string; actor?: Secret }, call) => {
      steps.push(`sign ${role} for ${audience} by ${call.token?.text} act ${actor?.text}`);
      return { token: token('signed'), clientId: 'c', ttl: 300 };
    },
    'slurm.login': ({ role, jwt }: { role: string; jwt: Secret }) => {
      steps.push(`login ${role} with ${jwt.text}`);
      return { token: token(door.validToken), accessor: 'a', policies: [], ttl: 60, renewable: true };
    },
    'token.revoke-self': (_input: unknown, call) => {
      steps.push(`revoke ${call.token?.text}`);
      return null;
    },
    'issuer.describe': () => {
      const issuer = `https://watchword.test${issuerPath}`;
      return {
        issuer,
        path: issuerPath,
        keySetUrl: `${issuer}/.well-known/keys`,
        tokenUrl: 'https://watchword.test/oauth/token',
        algorithms: ['RS256', 'ES256'],
      };
    },
    'issuer.key-set': () => ({ keys: [{ kid: 'k' }], cacheSeconds: 30 }),
  });
  for (const name of ['slurm.login', 'issuer.describe', 'issuer.key-set']) door.open.add(name);
  door.mounts = [...door.mounts, mount('identity/', 'identity'), mount('auth/slurm/', 'slurm'), mount('auth/deep/er/', 'slurm')];
  const otherwise = (_request: unknown, response: { end(text: string): void }) => response.end('otherwise');
  wire = new WireClient(door, createOauthApi({ door, logger: silentLogger, otherwise }));
  await wire.start();
});
afterEach(() => wire.stop());

type Fields = Readonly<Record<string, string | undefined>> | readonly [string, string][];

function ask(fields: Fields, headers: Record<string, string> = {}) {
  const given = Array.isArray(fields) ? fields : Object.entries(fields).filter(([, value]) => value !== undefined);
  const body = new URLSearchParams(given as [string, string][]).toString();
  return wire.send('POST', '/oauth/token', {
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });
}

const ownExchange = (): Record<string, string> => ({
  grant_type: EXCHANGE,
  subject_token: door.validToken,
  subject_token_type: OWN,
  scope: 'oidc:s3',
});
const jwtExchange = {
  grant_type: EXCHANGE,
  subject_token: 'a.b.c',
  subject_token_type: `${TYPE}jwt`,
  scope: 'login:slurm:train oidc:s3',
};
const bearer = { grant_type: BEARER, assertion: 'a.b.c', scope: 'login:slurm:train' };

describe('a token of ours', () => {
  test('becomes a signed one for the audience that is asked', async () => {
    const { status, json, headers } = await ask({ ...ownExchange(), audience: 'aud' });
    expect([status, json]).toEqual([
      200,
      { access_token: 'signed', issued_token_type: `${TYPE}jwt`, token_type: 'Bearer', expires_in: 300 },
    ]);
    expect([headers['cache-control'], headers.pragma, headers['content-type']]).toEqual([
      'no-store',
      'no-cache',
      'application/json',
    ]);
    expect(steps).toEqual([`sign s3 for aud by ${door.validToken} act undefined`]);
  });

  test('is known by either of its types, and the target by either of its names', async () => {
    for (const fields of [
      { subject_token_type: `${TYPE}access_token` },
      { resource: 'aud' },
      { audience: 'aud', resource: 'aud' },
    ]) {
      expect((await ask({ ...ownExchange(), ...fields })).status).toBe(200);
    }
    expect(steps.map((step) => step.split(' ')[3])).toEqual(['undefined', 'aud', 'aud']);
  });

  test('names who acts for its owner', async () => {
    await ask({ ...ownExchange(), actor_token: 'actor', actor_token_type: OWN });
    expect(steps[0]).toContain('act actor');
  });
});

describe("a platform's JWT", () => {
  test('logs in, is signed for, and leaves no token behind', async () => {
    const { json } = await ask(jwtExchange);
    expect(json.access_token).toBe('signed');
    expect(steps).toEqual([
      'login train with a.b.c',
      `sign s3 for undefined by ${door.validToken} act undefined`,
      `revoke ${door.validToken}`,
    ]);
  });

  test('becomes a token of ours by either grant', async () => {
    const wanted = { ...jwtExchange, scope: 'login:deep/er:a:b', requested_token_type: OWN };
    expect((await ask(wanted)).json).toEqual({
      access_token: door.validToken,
      issued_token_type: `${TYPE}access_token`,
      token_type: 'Bearer',
      expires_in: 60,
    });
    expect((await ask(bearer)).json).toEqual({ access_token: door.validToken, token_type: 'Bearer', expires_in: 60 });
    expect(steps).toEqual(['login a:b with a.b.c', 'login train with a.b.c']);
  });

  test('leaves no token behind either where nothing is signed', async () => {
    door.perform = refusing('issuer.token', 'issuer.audience');
    expect((await ask(jwtExchange)).json.error).toBe('invalid_target');
    expect(steps.at(-1)).toBe(`revoke ${door.validToken}`);
  });
});

function refusing(operation: string, code: ErrorCode) {
  const perform = FakeDoor.prototype.perform.bind(door);
  return (async (name: string, ...rest: [never, never]) => {
    if (name === operation) throw new WatchwordError(code);
    return perform(name as never, ...rest);
  }) as FakeDoor['perform'];
}

describe('a request is refused', () => {
  test.each<[string, string, () => Fields]>([
    ['of no grant', 'invalid_request', () => ({ ...ownExchange(), grant_type: undefined })],
    ['of another grant', 'unsupported_grant_type', () => ({ ...ownExchange(), grant_type: 'password' })],
    [
      'of a grant that is a member of every object',
      'unsupported_grant_type',
      () => ({ ...ownExchange(), grant_type: 'constructor' }),
    ],
    ['without subject token', 'invalid_request', () => ({ ...ownExchange(), subject_token: '' })],
    ['without its type', 'invalid_request', () => ({ ...ownExchange(), subject_token_type: undefined })],
    ['with a type that is not known', 'invalid_request', () => ({ ...ownExchange(), subject_token_type: `${TYPE}saml2` })],
    ['with two subject tokens', 'invalid_request', () => [...Object.entries(ownExchange()), ['subject_token', 'x']]],
    ['with two grants', 'invalid_request', () => [...Object.entries(ownExchange()), ['grant_type', BEARER]]],
    ['for two targets', 'invalid_target', () => ({ ...ownExchange(), audience: 'a', resource: 'b' })],
    ['for two audiences', 'invalid_target', () => [...Object.entries(ownExchange()), ['audience', 'a'], ['audience', 'b']]],
    ['without a role', 'invalid_scope', () => ({ ...ownExchange(), scope: undefined })],
    ['with a scope that is not known', 'invalid_scope', () => ({ ...ownExchange(), scope: 'oidc:s3 openid' })],
    ['with two roles', 'invalid_scope', () => ({ ...ownExchange(), scope: 'oidc:s3 oidc:s4' })],
    ['with a login for a token of ours', 'invalid_scope', () => ({ ...ownExchange(), scope: 'oidc:s3 login:slurm:train' })],
    ['for what the subject token is already', 'invalid_request', () => ({ ...ownExchange(), requested_token_type: OWN })],
    ['with an actor of no type', 'invalid_request', () => ({ ...ownExchange(), actor_token: 'x' })],
    [
      'with an actor of a foreign type',
      'invalid_request',
      () => ({ ...ownExchange(), actor_token: 'x', actor_token_type: `${TYPE}jwt` }),
    ],
    ['with a type of an actor alone', 'invalid_request', () => ({ ...ownExchange(), actor_token_type: OWN })],
    ['with a secret of a client', 'invalid_request', () => ({ ...ownExchange(), client_secret: 'x' })],
    ['with a JWT and no login', 'invalid_scope', () => ({ ...jwtExchange, scope: 'oidc:s3' })],
    ['with a role that there can be nowhere', 'invalid_scope', () => ({ ...bearer, scope: `login:slurm:${'x'.repeat(257)}` })],
    ['without an assertion', 'invalid_request', () => ({ ...bearer, assertion: undefined })],
    ['with an assertion for an issuer role', 'invalid_scope', () => ({ ...bearer, scope: 'login:slurm:train oidc:s3' })],
    ['with an assertion for an audience', 'invalid_target', () => ({ ...bearer, audience: 'x' })],
    ['with much too long a scope', 'invalid_request', () => ({ ...bearer, scope: `login:slurm:${'x'.repeat(2000)}` })],
  ])('%s: %s', async (_what, error, fields) => {
    const { status, json } = await ask(fields());
    expect([status, json.error]).toEqual([400, error]);
    expect(steps).toEqual([]);
    // The door was told.
    expect(door.asked.map(({ name }) => name)).toEqual(['system.unrouted']);
  });

  test('of another media type or method, and one that is too large', async () => {
    const json = await ask(ownExchange(), { 'content-type': 'application/json' });
    expect([json.status, json.json.error]).toEqual([400, 'invalid_request']);
    const get = await wire.send('GET', '/oauth/token', {});
    expect([get.status, get.headers.allow]).toEqual([405, 'POST']);
    expect((await ask({ ...ownExchange(), subject_token: 'x'.repeat(70_000) })).status).toBe(413);
  });

  test.each<[ErrorCode, number, string]>([
    ['access.denied', 400, 'invalid_request'],
    ['access.token-invalid', 400, 'invalid_request'],
    ['issuer.invalid', 400, 'invalid_request'],
    ['issuer.audience', 400, 'invalid_target'],
    ['issuer.actor', 400, 'invalid_request'],
    ['request.limited', 429, 'temporarily_unavailable'],
    ['seal.sealed', 503, 'temporarily_unavailable'],
    ['audit.unavailable', 503, 'temporarily_unavailable'],
    ['store.raced', 503, 'temporarily_unavailable'],
    ['keyring.tampered', 500, 'server_error'],
    ['internal', 500, 'server_error'],
  ])('where the door says %s: %i %s', async (code, status, error) => {
    door.perform = refusing('issuer.token', code);
    const answer = await ask(ownExchange());
    expect([answer.status, answer.json.error]).toEqual([status, error]);
    expect(answer.json.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/);
  });

  test.each([
    ['there is none', 'none'],
    ['a part of a mount is named', 'deep'],
    ['something below a mount is named', 'slurm/login'],
    ['no JWT logs in', 'token'],
    ['its login takes something else', 'robots'],
  ])('by the words of every refused login where %s', async (_where, path) => {
    door.mounts = [...door.mounts, mount('auth/robots/', 'approle')];
    door.open.add('unmounted.login');
    door.perform = refusing('unmounted.login', 'login.refused');
    const asked = [
      await ask({ ...bearer, scope: `login:${path}:train` }),
      await ask({ ...jwtExchange, scope: `login:${path}:train oidc:s3` }),
    ];
    door.perform = refusing('slurm.login', 'login.refused');
    const refused = [await ask(bearer), await ask(jwtExchange)];
    expect(asked.map(({ status, text }) => [status, text])).toEqual(refused.map(({ status, text }) => [status, text]));
    expect(asked.map(({ json }) => json.error)).toEqual(['invalid_grant', 'invalid_request']);
    expect(steps).toEqual([]);
  });

  test('where it names a namespace other than root', async () => {
    const foreign = await ask(ownExchange(), { 'x-vault-namespace': 'team' });
    expect([foreign.status, foreign.json.error]).toEqual([400, 'invalid_request']);
    expect(steps).toEqual([]);
    expect((await ask(ownExchange(), { 'x-vault-namespace': 'root/' })).status).toBe(200);
  });

  test('as an invalid grant where the assertion logs nobody in', async () => {
    door.perform = refusing('slurm.login', 'login.refused');
    expect((await ask(bearer)).json).toEqual({ error: 'invalid_grant', error_description: 'permission denied' });
    expect((await ask(jwtExchange)).json.error).toBe('invalid_request');
  });
});

describe('the root of the origin', () => {
  const get = (path: string) => wire.send('GET', path, {});

  test('describes an issuer that is the bare origin', async () => {
    for (const name of ['openid-configuration', 'oauth-authorization-server']) {
      const { json, headers } = await get(`/.well-known/${name}`);
      expect(json).toMatchObject({
        issuer: 'https://watchword.test',
        jwks_uri: 'https://watchword.test/.well-known/keys',
        token_endpoint: 'https://watchword.test/oauth/token',
        id_token_signing_alg_values_supported: ['RS256', 'ES256'],
      });
      expect([headers['cache-control'], headers.pragma]).toEqual(['public, max-age=300', undefined]);
    }
    const { json, headers } = await get('/.well-known/keys');
    expect([json, headers['cache-control']]).toEqual([{ keys: [{ kid: 'k' }] }, 'public, max-age=30']);
  });

  test('describes an issuer with a path where RFC 8414 looks for it, and nowhere else', async () => {
    issuerPath = '/v1/identity/oidc';
    expect((await get('/.well-known/oauth-authorization-server/v1/identity/oidc')).json.issuer).toContain(issuerPath);
    for (const path of ['openid-configuration', 'oauth-authorization-server', 'oauth-authorization-server/other', 'keys']) {
      expect((await get(`/.well-known/${path}`)).text).toBe('otherwise');
    }
  });

  test('leaves everything else to others', async () => {
    for (const path of ['/', '/oauth', '/oauth/token/x', '/.well-known/security.txt', '/api/v1/x']) {
      expect((await get(path)).text).toBe('otherwise');
    }
    expect((await wire.send('POST', '/.well-known/keys', {})).text).toBe('otherwise');
  });
});
