import { describe, expect, it } from 'vitest';
import { Secret } from '../foundation/secret.ts';
import { WatchwordClient } from './client.ts';
import type { Connection } from './connection.ts';
import { ServerRefusal } from './refusal.ts';
import type { HttpAnswer, HttpRequest } from './transport.ts';

const connection: Connection = {
  address: new URL('http://store.test:8200/proxy/'),
  token: Secret.fromText('the-token'),
  namespace: 'team',
  authorities: undefined,
  timeoutMs: 1000,
};

function answering(...answers: Partial<HttpAnswer & { json: unknown }>[]) {
  const requests: HttpRequest[] = [];
  const client = new WatchwordClient(connection, async (request) => {
    requests.push({ ...request, ...(request.body === undefined ? {} : { body: Buffer.from(request.body) }) });
    const { status = 200, headers = {}, json, body } = answers[requests.length - 1] ?? {};
    return { status, headers, body: body ?? Buffer.from(json === undefined ? '' : JSON.stringify(json)) };
  });
  return { client, requests };
}

const refusal = async (promise: Promise<unknown>) => {
  const error = await promise.catch((caught: unknown) => caught);
  if (error instanceof ServerRefusal) return error;
  throw new Error('not refused');
};

describe('a request', () => {
  it('carries token, namespace and the mark of an API client', async () => {
    const { client, requests } = answering({ json: { data: {} } });
    await client.read('secret/data/x');
    expect(requests[0]?.headers).toMatchObject({
      'X-Vault-Token': 'the-token',
      'X-Vault-Namespace': 'team',
      'X-Vault-Request': 'true',
    });
  });

  it('carries the key by which it is done once, and the signal that gives it up', async () => {
    const { client, requests } = answering({ json: {} }, { json: {} });
    const { signal } = new AbortController();
    await client.write('a', {}, { idempotencyKey: 'k', signal });
    await client.write('a', {});
    expect(requests.map(({ headers, signal: given }) => [headers['Idempotency-Key'], given])).toEqual([
      ['k', signal],
      [undefined, undefined],
    ]);
  });

  it('encodes each part of the path and keeps the slashes', async () => {
    const { client, requests } = answering({ json: {} });
    await client.read('/secret/data/a b?c#d/ü%2F', { query: { version: '2' } });
    expect(requests[0]?.target).toBe('/proxy/v1/secret/data/a%20b%3Fc%23d/%C3%BC%252F?version=2');
  });

  it('lists by a query parameter, which passes every proxy', async () => {
    const { client, requests } = answering({ json: { data: { keys: [] } } });
    await client.list('secret/metadata');
    expect(requests[0]).toMatchObject({ method: 'GET', target: '/proxy/v1/secret/metadata?list=true' });
  });

  it('sends numbers as they came', async () => {
    const { client, requests } = answering({ body: Buffer.from('{"data":{"n":12345678901234567890}}') }, { status: 204 });
    const answer = await client.read('a');
    await client.write('a', answer?.data as never);
    expect(requests[1]?.body?.toString()).toBe('{"n":12345678901234567890}');
  });
});

describe('an answer', () => {
  it('without content is undefined, whether written or missing', async () => {
    expect(await answering({ status: 204 }).client.write('a', {})).toBeUndefined();
    expect(await answering({ status: 404, json: { errors: [] } }).client.read('a')).toBeUndefined();
  });

  it('about a deleted version is given although its status is 404', async () => {
    const { client } = answering({ status: 404, json: { data: { data: null, metadata: { version: 1 } } } });
    expect(await client.read('a')).toMatchObject({ data: { data: null } });
  });

  it.each([
    [400, 'check-and-set parameter did not match the current version', 'store.check-and-set'],
    [400, 'wrapping token is not valid or does not exist', 'wrapping.invalid'],
    [400, 'lease not found', 'lease.missing'],
    [400, 'there is no role x at database/: see', 'engine.missing'],
    [400, 'nothing is connected at rabbitmq/ yet', 'engine.missing'],
    [400, 'the target refused: no', 'engine.refused'],
    [400, 'path is already in use at a/', 'mount.in-use'],
    [400, "no entity associated with the request's token", 'issuer.subject'],
    [403, '1 error occurred:\n\t* permission denied\n\n', 'access.denied'],
    [403, 'invalid token', 'access.token-invalid'],
    [404, 'no handler for route "x"', 'route.missing'],
    [404, 'unsupported path', 'request.unsupported'],
    [429, 'request limited', 'request.limited'],
    [503, 'Vault is sealed', 'seal.sealed'],
    [500, 'internal error', 'internal'],
  ])('of status %i saying %j is an error with a code', async (status, message, code) => {
    const error = await refusal(answering({ status, json: { errors: [message] } }).client.read('a'));
    expect([error.code, error.status]).toEqual([code, status]);
    expect(error.message).not.toMatch(/error occurred|\t|\n/);
    expect(error.remedy).not.toBe('');
  });

  it('about what is mounted nowhere says where to look', async () => {
    const remedyAt = async (path: string) => {
      const { client } = answering({ status: 404, json: { errors: ['no handler for route: nothing is mounted there'] } });
      return (await refusal(client.read(path))).remedy;
    };
    expect(await remedyAt('none/x')).toContain('`watchword secrets list`');
    expect(await remedyAt('auth/none/config')).toContain('`watchword auth list`');
  });

  it('to a request without token tells to log in', async () => {
    const client = new WatchwordClient({ ...connection, token: undefined }, async () => ({
      status: 403,
      headers: {},
      body: Buffer.from('{"errors":["permission denied"]}'),
    }));
    expect((await refusal(client.read('a'))).code).toBe('access.token-missing');
  });

  it('of our own API names its code itself', async () => {
    const { client } = answering({ status: 403, json: { error: { code: 'access.token-invalid', message: 'Unknown token.' } } });
    const error = await refusal(client.native('status'));
    expect([error.code, error.message]).toEqual(['access.token-invalid', 'Unknown token.']);
  });

  it('that is no JSON is refused without being repeated', async () => {
    const { client } = answering({ body: Buffer.from('<html>secret page</html>') });
    await expect(client.read('a')).rejects.toThrow(/does not speak this API/);
  });
});

describe('an answer of another program', () => {
  it.each([
    [404, '<html>not found</html>'],
    [404, '{"detail":"Not Found"}'],
    [404, ''],
    [301, ''],
    [401, 'who?'],
    [403, '{"message":"forbidden"}'],
  ])('with status %i and %j is told from a refusal', async (status, body) => {
    const error = await refusal(answering({ status, body: Buffer.from(body) }).client.read('a'));
    expect(error.message).toContain('does not look like Watchword or Vault');
    expect([error.code, error.remedy]).toEqual(['client.unreachable', expect.stringContaining('WATCHWORD_ADDR')]);
  });

  it.each([413, 502, 503])('that is a proxy (%i) says nothing of the server behind it', async (status) => {
    const error = await refusal(answering({ status, body: Buffer.from('<html>') }).client.read('a'));
    expect(error.message).toBe(`The server answered ${status}.`);
  });
});

it('a token that there is not is said to be unknown, expired or revoked', async () => {
  const { client } = answering({ status: 403, json: { errors: ['bad token'] } });
  expect((await refusal(client.write('auth/token/lookup', {}))).message).toBe('The token is unknown, expired or revoked.');
});

describe('a redirect', () => {
  it('on the same server is followed once', async () => {
    const headers = { location: 'http://store.test:8200/other/v1/a' };
    const { client, requests } = answering({ status: 307, headers }, { json: { data: { x: 1 } } });
    expect(await client.read('a')).toEqual({ data: { x: 1 } });
    expect(requests[1]?.target).toBe('/other/v1/a');
  });

  it.each(['http://evil.test:8200/v1/a', 'https://store.test:8200/v1/a', '//evil.test/v1/a', 'http://store.test:8201/', ''])(
    'to %j is not followed, since a token would go along',
    async (location) => {
      const { client, requests } = answering({ status: 307, headers: { location } });
      if (location !== '') await expect(client.read('a')).rejects.toThrow(/redirects to another server/);
      expect(requests.length).toBeLessThanOrEqual(1);
    },
  );
});
