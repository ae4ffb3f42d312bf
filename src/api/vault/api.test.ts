import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Unfit } from '../../access/operation.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import { Secret } from '../../foundation/secret.ts';
import { FakeDoor, mount } from './testing/fake-door.ts';
import { WireClient } from './testing/wire-client.ts';

const facts = { version: 3, createdAt: 1_700_000_000_123, deletedAt: undefined, destroyed: false, custom: undefined };
const value = '{"user":"u","pässword":"p\\"w","n":12345678901234567890}';
let client: WireClient;

async function serve(operations: ConstructorParameters<typeof FakeDoor>[0] = {}): Promise<FakeDoor> {
  await client?.stop();
  client = await new WireClient(new FakeDoor(operations)).start();
  return client.door;
}

beforeEach(async () => {
  await serve({ 'kv.read': () => ({ data: Secret.fromText(value), version: facts }) });
});
afterEach(() => client.stop());

describe('answers', () => {
  it('carry the envelope in the order that Vault gives its keys', async () => {
    const { status, text, headers, json } = await client.send('GET', '/v1/secret/data/a');
    expect(status).toBe(200);
    expect(Object.keys(json)).toEqual([
      'request_id',
      'lease_id',
      'renewable',
      'lease_duration',
      'data',
      'wrap_info',
      'warnings',
      'auth',
    ]);
    expect(json.data.metadata).toEqual({
      created_time: '2023-11-14T22:13:20.123000000Z',
      custom_metadata: null,
      deletion_time: '',
      destroyed: false,
      version: 3,
    });
    expect(headers['content-type']).toBe('application/json');
    expect(headers['cache-control']).toBe('no-store');
    expect(Number(headers['content-length'])).toBe(Buffer.byteLength(text));
  });

  it('give a value as the very text that was stored, numbers included', async () => {
    const { text } = await client.send('GET', '/v1/secret/data/a');
    expect(text).toContain(`"data":{"data":${value},"metadata"`);
  });

  it('carry the request id that the log carries', async () => {
    const { json } = await client.send('GET', '/v1/secret/data/a');
    expect(json.request_id).toBe(client.door.last.call.id);
  });

  it('zero the secrets that they printed', async () => {
    const secret = Secret.fromText(value);
    await serve({ 'kv.read': () => ({ data: secret, version: facts }) });
    await client.send('GET', '/v1/secret/data/a');
    expect(secret.bytes.every((byte) => byte === 0)).toBe(true);
  });

  it('are empty with 204 for a change that says nothing', async () => {
    const { status, text, headers } = await client.send('DELETE', '/v1/secret/data/a');
    expect([status, text, headers['content-type']]).toEqual([204, '', undefined]);
  });

  it('are 404 without errors when there is nothing to read or list', async () => {
    await serve();
    for (const [method, path] of [
      ['GET', 'secret/data/a'],
      ['LIST', 'secret/metadata/a'],
      ['GET', 'old/a'],
    ] as const) {
      const { status, json } = await client.send(method, `/v1/${path}`);
      expect([status, json]).toEqual([404, { errors: [] }]);
    }
  });

  it('tell of a deleted version with 404 and what is known of it', async () => {
    await serve({ 'kv.read': () => ({ version: { ...facts, deletedAt: facts.createdAt } }) });
    const { status, json } = await client.send('GET', '/v1/secret/data/a');
    expect([status, json.data.data, json.data.metadata.deletion_time]).toEqual([404, null, '2023-11-14T22:13:20.123000000Z']);
  });

  it('copy data to the top level where Vault does', async () => {
    await serve({ 'mounts.list': () => ({ mounts: [mount('secret/', 'kv', { version: '2' })] }) });
    const { json } = await client.send('GET', '/v1/sys/mounts');
    expect(json['secret/']).toEqual(json.data['secret/']);
    expect(json['secret/'].options).toEqual({ version: '2' });
  });

  it('pass on warnings, and are then not empty', async () => {
    const door = await serve();
    door.warnings = ['careful'];
    const { status, json } = await client.send('POST', '/v1/secret/delete/a', { body: { versions: [1] } });
    expect([status, json.warnings, json.data]).toEqual([200, ['careful'], null]);
  });
});

describe('requests', () => {
  it('are routed by the path decoded exactly once', async () => {
    await client.send('GET', '/v1/secret/data/a%2Fb%252Fc//d/%C3%A4/http:%2F%2Fx/..');
    expect(client.door.last.input).toMatchObject({ path: 'a/b%2Fc//d/ä/http://x/..' });
  });

  it('prefer X-Vault-Token and take a bearer token', async () => {
    const { validToken } = client.door;
    const both = { Authorization: 'Bearer other' };
    expect((await client.send('GET', '/v1/secret/data/a', { headers: both })).status).toBe(200);
    const bearer = { Authorization: `Bearer ${validToken}` };
    expect((await client.send('GET', '/v1/secret/data/a', { token: undefined, headers: bearer })).status).toBe(200);
  });

  it('list by LIST and by every way to say list=true, with a slash at the end', async () => {
    for (const [method, query] of [
      ['LIST', ''],
      ['GET', '?list=true'],
      ['GET', '?list=1'],
      ['GET', '?list=T'],
    ] as const) {
      await client.send(method, `/v1/secret/metadata/team${query}`);
      expect(client.door.last).toMatchObject({ name: 'kv.list', input: { path: 'team/' } });
    }
    await client.send('GET', '/v1/secret/metadata/team?list=false');
    expect(client.door.last.name).toBe('kv.metadata.read');
    expect((await client.send('GET', '/v1/secret/metadata/team?list=maybe')).status).toBe(400);
    await client.send('SCAN', '/v1/secret/metadata?after=a&limit=2');
    expect(client.door.last).toMatchObject({ name: 'kv.scan', input: { path: '', after: 'a', limit: 2 } });
  });

  it('write by PUT and POST, JSON and form', async () => {
    await client.send('PUT', '/v1/old/a', { body: { k: 'v' } });
    expect(client.door.last).toMatchObject({ name: 'kv1.write', input: { path: 'a', data: { k: 'v' } } });
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    await client.send('POST', '/v1/old/a', { body: 'k=v+w&k2=%C3%A4', headers });
    expect(client.door.last.input).toEqual({ path: 'a', data: { k: 'v w', k2: 'ä' } });
    await client.send('POST', '/v1/old/a', { body: '{"k":"v"}', headers });
    expect(client.door.last.input).toEqual({ path: 'a', data: { k: 'v' } });
  });

  it('patch with a merge patch only', async () => {
    const body = { data: { k: null } };
    const refused = await client.send('PATCH', '/v1/secret/data/a', { body, headers: { 'Content-Type': 'application/json' } });
    expect(refused.status).toBe(415);
    const headers = { 'Content-Type': 'application/merge-patch+json; charset=utf-8' };
    await client.send('PATCH', '/v1/secret/data/a', { body, headers });
    expect(client.door.last).toMatchObject({ name: 'kv.patch', input: { path: 'a', data: { k: null } } });
  });

  it('keep numbers as they were sent', async () => {
    await client.send('POST', '/v1/secret/data/a', { body: '{"data":{"n":12345678901234567890,"f":1.0}}' });
    expect(JSON.stringify(client.door.last.input)).toContain('{"n":12345678901234567890,"f":1.0}');
  });

  it('can name the only namespace, and no other', async () => {
    const root = await client.send('GET', '/v1/secret/data/a', { headers: { 'X-Vault-Namespace': 'root' } });
    expect([root.status, root.headers['x-vault-namespace']]).toEqual([200, 'root/']);
    const other = await client.send('GET', '/v1/secret/data/a', { headers: { 'X-Vault-Namespace': 'team' } });
    expect(other.status).toBe(404);
  });
});

describe('wrapping', () => {
  it('takes seconds and durations', async () => {
    for (const [header, ttl] of [
      ['60', 60],
      ['1h', 3600],
      ['90s', 90],
    ] as const) {
      const { json } = await client.send('GET', '/v1/secret/data/a', { headers: { 'X-Vault-Wrap-TTL': header } });
      expect(json.data).toBeNull();
      expect(json.wrap_info).toEqual({
        token: 'wrapping',
        accessor: 'acc',
        ttl,
        creation_time: '2023-11-14T22:13:20.123000000Z',
        creation_path: 'secret/data/a',
      });
    }
  });

  it.each(['-1', 'soon', '1h,1h', '1e9999', '9'.repeat(300)])('refuses %s', async (ttl) => {
    expect((await client.send('GET', '/v1/secret/data/a', { headers: { 'X-Vault-Wrap-TTL': ttl } })).status).toBe(400);
  });

  it('is passed over where the answer is no envelope, so that strangers can make no tokens', async () => {
    await client.send('GET', '/v1/sys/health', { token: undefined, headers: { 'X-Vault-Wrap-TTL': '60' } });
    expect(client.door.last.call.wrapTtl).toBeUndefined();
  });

  it('gives on unwrapping what the first request would have got', async () => {
    await serve({
      'wrapping.unwrap': () => ({ operation: 'kv.read', output: { data: Secret.fromText(value), version: facts } }),
    });
    const { status, text } = await client.send('POST', '/v1/sys/wrapping/unwrap', { body: { token: 'w' } });
    expect(status).toBe(200);
    expect(text).toContain(`"data":{"data":${value},"metadata"`);
    expect(client.door.last.input).toMatchObject({ token: expect.any(Secret) });
  });

  it('answers 400 to a wrapping token that is none, wherever it is named', async () => {
    const wrong = { errors: ['wrapping token is not valid or does not exist'] };
    const own = await client.send('POST', '/v1/sys/wrapping/unwrap', { token: 'gone' });
    expect([own.status, own.json]).toEqual([400, wrong]);
    const body = await client.send('POST', '/v1/sys/wrapping/unwrap', { token: undefined, body: { token: 'gone' } });
    expect([body.status, body.json]).toEqual([400, wrong]);
    const third = await client.send('POST', '/v1/sys/wrapping/unwrap', { token: 'bad caller', body: { token: 'gone' } });
    expect(third.status).toBe(403);
  });
});

describe('refusals', () => {
  it('are permission denied for callers without a valid token, whatever they ask for', async () => {
    for (const [method, path] of [
      ['GET', 'secret/data/a'],
      ['GET', 'nothing/here'],
      ['POST', 'sys/nothing'],
      ['PURGE', 'secret/data/a'],
      ['GET', 'secret/data/a?version=x'],
      ['POST', 'sys/mounts/x'],
      ['GET', 'secret/metadata/a?list=maybe'],
      ['GET', 'secret/data/%zz'],
      ['PATCH', 'secret/data/a'],
    ] as const) {
      for (const token of [undefined, 'wrong']) {
        const { status, json } = await client.send(method, `/v1/${path}`, { token });
        expect([status, json]).toEqual([403, { errors: ['permission denied'] }]);
      }
    }
  });

  it('of what is no request are up to the door, which hears for which operation and path it came', async () => {
    for (const [method, path, sent, name, status] of [
      ['POST', 'secret/data/a', { body: '{"data":' }, 'kv.write', 400],
      ['POST', 'secret/data/a', { body: '[]' }, 'kv.write', 400],
      ['POST', 'secret/data/a', { body: { data: { a: 1 }, options: { cas: 'x' } } }, 'kv.write', 400],
      ['PATCH', 'secret/data/a', { body: {} }, 'kv.patch', 415],
      ['GET', 'secret/data/a', { headers: { 'X-Vault-Namespace': 'team' } }, 'kv.read', 404],
      ['GET', 'secret/data/a', { headers: { 'X-Vault-Wrap-TTL': 'soon' } }, 'kv.read', 400],
      ['GET', 'secret/data/a%zz', {}, 'system.unrouted', 400],
      ['POST', 'nothing/a', { body: '{' }, 'system.unrouted', 400],
      ['POST', 'sys/wrapping/unwrap', { body: { token: [] } }, 'wrapping.unwrap', 400],
    ] as const) {
      const stranger = await client.send(method, `/v1/${path}`, { ...sent, token: undefined });
      expect([stranger.status, stranger.json]).toEqual([403, { errors: ['permission denied'] }]);
      const known = await client.send(method, `/v1/${path}`, sent);
      expect([path, known.status, client.door.last.name]).toEqual([path, status, name]);
      expect(client.door.last.input).toBeInstanceOf(Unfit);
      expect(client.door.last.call.requestPath).toBe(path);
    }
  });

  it('where no token is asked for tell strangers what is wrong', async () => {
    client.door.open.add('system.unseal');
    const { status } = await client.send('POST', '/v1/sys/unseal', { token: undefined, body: '{' });
    expect([status, client.door.last.name]).toEqual([400, 'system.unseal']);
  });

  it('meet whoever initialises a store of this machine under a name that a web page may have chosen', async () => {
    client.door.open.add('system.initialize');
    const attempt = async (host: string, more = {}) => {
      await client.send('POST', '/v1/sys/init', { token: undefined, body: {}, headers: { Host: host, ...more } });
      return client.door.last.input instanceof Unfit;
    };
    expect(await attempt('localhost:8200', { Origin: 'https://page.example' })).toBe(true);
    expect(await attempt('localhost:8200', { Origin: 'null' })).toBe(true);
    expect(await attempt('localhost:8200', { Origin: 'http://localhost:8200' })).toBe(false);
    for (const host of ['page.example', 'page.example:8200', 'localhost.page.example', '127.0.0.1.page.example']) {
      expect([host, await attempt(host)]).toEqual([host, true]);
    }
    for (const host of ['localhost', 'LocalHost:8200', '127.0.0.1:8200', '[::1]:8200', '[::1]']) {
      expect([host, await attempt(host)]).toEqual([host, false]);
    }
  });

  it('tell those with a token what does not exist', async () => {
    const unmounted = await client.send('GET', '/v1/nothing/here');
    expect([unmounted.status, unmounted.json.errors[0]]).toEqual([404, expect.stringMatching(/^no handler for route/)]);
    const unsupported = await client.send('GET', '/v1/sys/nothing');
    expect([unsupported.status, unsupported.json]).toEqual([404, { errors: ['unsupported path'] }]);
    const method = await client.send('DELETE', '/v1/sys/health');
    expect([method.status, method.json]).toEqual([405, { errors: ['unsupported operation'] }]);
    const invalid = await client.send('GET', '/v1/secret/data/a?version=x');
    expect([invalid.status, invalid.json]).toEqual([400, { errors: ['version must be a whole number'] }]);
  });

  it.each([
    ['seal.sealed', 503, 'Vault is sealed'],
    ['seal.uninitialized', 503, 'Vault is not initialized'],
    ['store.check-and-set', 400, 'The current version is not the one named by check-and-set.'],
    ['access.denied', 403, 'permission denied'],
    ['request.limited', 429, 'Too many requests.'],
  ] as const)('%s is %i in the words that clients know', async (code, status, words) => {
    await serve({
      'kv.read': () => {
        throw new WatchwordError(code, undefined, { retryAfter: 1.5 });
      },
    });
    const answer = await client.send('GET', '/v1/secret/data/a');
    expect([answer.status, answer.json]).toEqual([status, { errors: [words] }]);
    expect(answer.headers['retry-after']).toBe('2');
  });

  it('that are our own fault show an incident id, which is in the log, and nothing else', async () => {
    await serve({
      'kv.read': () => {
        throw new TypeError('cannot read s3cr3t of undefined');
      },
    });
    const { status, text } = await client.send('GET', '/v1/secret/data/a');
    expect(status).toBe(500);
    expect(text).toBe(`{"errors":["incident ${client.door.last.call.id}"]}\n`);
    expect(client.logged.join()).toContain(client.door.last.call.id);
    expect(client.logged.join()).not.toContain('s3cr3t');
  });

  it('by a change in between are tried again, but not for ever', async () => {
    let tries = 0;
    await serve({
      'kv.read': () => {
        tries += 1;
        if (tries < 3) throw new WatchwordError('store.raced');
        return { data: Secret.fromText(value), version: facts };
      },
    });
    expect((await client.send('GET', '/v1/secret/data/a')).status).toBe(200);
    tries = -100;
    expect((await client.send('GET', '/v1/secret/data/a')).status).toBe(412);
    expect(tries).toBe(-97);
  });

  it('let a mount that appears meanwhile answer', async () => {
    const { door } = client;
    const perform = door.perform.bind(door);
    const late = mount('late/', 'kv', { version: '2' });
    door.perform = async (name, call, input) => {
      if (name === 'system.unrouted') door.mounts = [...door.mounts, late];
      return perform(name, call, input);
    };
    expect((await client.send('GET', '/v1/late/data/a')).status).toBe(200);
  });
});
