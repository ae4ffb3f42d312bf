import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import { routeFamilies } from './routes/index.ts';
import { FakeDoor } from './testing/fake-door.ts';
import { WireClient, type WireResponse } from './testing/wire-client.ts';

/** In every place where a request holds something; it must come back nowhere but in a value that was asked for. */
const canary = `canary-${randomBytes(12).toString('hex')}`;
const statuses = new Set([200, 202, 204, 400, 403, 404, 405, 413, 415]);
let client: WireClient;

const health = { initialized: true, sealed: false, version: '1', serverTime: 0, clusterName: '', clusterId: '' };
const missing = () => {
  throw new WatchwordError('store.missing');
};

beforeAll(async () => {
  client = await new WireClient(new FakeDoor({ 'system.health': () => health }, missing)).start();
});
afterAll(() => client.stop());

function expectVaultsForm({ status, headers, text, json }: WireResponse): void {
  expect(statuses).toContain(status);
  expect(text).not.toContain(canary);
  expect(text).not.toMatch(/ {4}at |\.ts:\d|node:internal/);
  expect(headers['cache-control']).toBe('no-store');
  expect(headers['x-injected']).toBeUndefined();
  if (status === 204) return;
  expect(headers['content-type']).toBe('application/json');
  if (status >= 400 && status !== 404) {
    expect(json.errors.length).toBe(1);
    expect(Object.keys(json)).toEqual(['errors']);
  }
}

function patterns(): string[] {
  const mounts: Readonly<Record<string, string>> = { 'KV version 2': 'secret/', 'KV version 1': 'old/' };
  return routeFamilies.flatMap(({ title, at, routes }) => routes.map(({ pattern }) => (mounts[title] ?? at) + pattern));
}

const method = fc.constantFrom(
  'GET',
  'LIST',
  'SCAN',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'LINK',
);
const segment = fc.oneof(
  fc.constantFrom('secret', 'data', 'metadata', 'old', 'sys', 'mounts', 'tune', 'auth', 'token', 'create', 'policies', 'acl'),
  fc.constantFrom(
    '..',
    '.',
    '',
    '%2F',
    '%2f%2F',
    '%',
    '%zz',
    '%00',
    '%0d%0aX-Injected:%20y',
    '%ff',
    '%C3%A4',
    '__proto__',
    canary,
  ),
  fc
    .string({ unit: 'grapheme', maxLength: 20 })
    .filter((text) => text.isWellFormed())
    .map(encodeURIComponent),
);
const anywhere = fc.array(segment, { maxLength: 6 }).map((segments) => segments.join('/'));
/** The path of a route that exists, with anything for what it leaves open. */
const routed = fc
  .tuple(fc.constantFrom(...patterns()), fc.array(segment, { minLength: 3, maxLength: 3 }))
  .map(([pattern, fill]) => {
    let next = 0;
    return pattern.replace(/[:*]\w+/g, () => fill[next++] ?? '');
  });
const query = fc.oneof(
  fc.constant(''),
  fc
    .array(
      fc.tuple(
        fc.constantFrom(
          'list',
          'scan',
          'help',
          'version',
          'after',
          'limit',
          'depth',
          'format',
          'activecode',
          '__proto__',
          canary,
        ),
        fc.constantFrom('', 'true', 'T', 'yes', '1', '-1', '99999999999999999999', '1e3', '%', '%0d%0a', canary),
      ),
      { maxLength: 3 },
    )
    .map((pairs) => `?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`),
);
const contentType = fc.constantFrom(
  'application/json',
  'application/merge-patch+json',
  'application/x-www-form-urlencoded',
  'text/plain; x=y',
  'junk',
);
const field = fc.constantFrom(
  ...[
    'data',
    'options',
    'cas',
    'versions',
    'key',
    'ttl',
    'policy',
    'paths',
    'token',
    'type',
    'config',
    'meta',
    'custom_metadata',
  ],
  ...['secret_shares', 'max_versions', 'cas_required', 'delete_version_after', 'period', 'path', '__proto__', 'constructor'],
);
const body = fc.oneof(
  fc.constant(undefined),
  fc.string({ maxLength: 40 }).map((text) => text + canary),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc
    .dictionary(
      field,
      fc.oneof(
        fc.jsonValue({ maxDepth: 3 }),
        fc.constant(canary),
        fc.constant([canary]),
        fc.constant({ toString: 1, valueOf: 1 }),
      ),
    )
    .map((fields) => JSON.stringify(fields)),
  fc.constantFrom(
    '{"a":1,"a":{}}',
    '{"__proto__":{"x":1}}',
    '[]',
    'null',
    '{"data":{"n":1e999}}',
    '{'.repeat(100),
    '{"a":'.repeat(100),
  ),
);
const wrapTtl = fc.constantFrom(undefined, '60', '1h', '', '0', '-5', 'junk', '1h1h1h', '9'.repeat(40), '1e5', canary);

describe('whatever is sent', () => {
  it('gets one of Vault’s statuses in Vault’s form, and never shows what it held', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ method, path: fc.oneof(routed, anywhere), query, contentType, body, wrapTtl, token: fc.boolean() }),
        async (sent) => {
          const response = await client.send(sent.method, `/v1/${sent.path}${sent.query}`, {
            token: sent.token ? client.door.validToken : canary,
            headers: {
              'Content-Type': sent.contentType,
              ...(sent.wrapTtl === undefined ? {} : { 'X-Vault-Wrap-TTL': sent.wrapTtl }),
            },
            body: sent.body,
          });
          if (sent.method === 'HEAD') expect(statuses).toContain(response.status);
          else if (response.status !== 200) expectVaultsForm(response);
          if (!sent.token && response.status < 400) expect(client.door.open).toContain(client.door.last.name);
        },
      ),
      { numRuns: 800 },
    );
    expect(client.logged).toEqual([]);
  });
});

/** Everything that comes back on one connection for these bytes. */
function exchange(bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(client.port, '127.0.0.1', () => socket.end(bytes));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}

describe('bytes that are hardly HTTP', () => {
  const whole = Buffer.from(
    `POST /v1/secret/data/a?x=1 HTTP/1.1\r\nHost: x\r\nX-Vault-Token: ${canary}\r\nContent-Length: 12\r\n\r\n{"data":null}`,
  );
  const change = fc.record({
    at: fc.nat(whole.length),
    remove: fc.nat(6),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom('\r\n', '\n', '\0', ' ', ':', '%', 'LIST ', '\r\n\r\n', 'Transfer-Encoding: chunked\r\n')
        .map((text) => Buffer.from(text)),
    ),
  });

  it('are refused or served, never with a 5xx, and never shown', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        let bytes = whole;
        for (const { at, remove, insert } of changes) {
          bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);
        }
        const answer = await exchange(bytes);
        expect(answer).not.toContain(canary);
        for (const [, status] of answer.matchAll(/^HTTP\/1\.1 (\d+)/gm)) expect(Number(status)).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
    expect((await client.send('GET', '/v1/sys/health')).status).toBe(200);
  });
});

describe('a large body', () => {
  const token = () => client.door.validToken;

  it('of 32 MiB is taken', async () => {
    const frame = '{"data":{"k":""}}';
    const bytes = `{"data":{"k":"${'x'.repeat(limits.bodyBytes - frame.length)}"}}`;
    expect((await client.send('POST', '/v1/secret/data/big', { body: bytes })).status).not.toBe(413);
  });

  it('above 32 MiB gets 413 and leaves the connection usable, announced or in chunks', async () => {
    const bytes = Buffer.alloc(limits.bodyBytes + 1, '{"a":"');
    const announced = await client.send('POST', '/v1/secret/data/big', { body: bytes });
    expect([announced.status, announced.json.errors.length]).toEqual([413, 1]);
    const chunked = await client.send('POST', '/v1/secret/data/big', {
      body: bytes,
      headers: { 'Transfer-Encoding': 'chunked' },
    });
    expect(chunked.status).toBe(413);
    expect((await client.send('GET', '/v1/sys/health')).status).toBe(200);
  });

  it('that never ends leaves the server well when the client goes away', async () => {
    const before = client.door.asked.length;
    const socket = connect(client.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST /v1/secret/data/a HTTP/1.1\r\nHost: x\r\nX-Vault-Token: ${token()}\r\nContent-Length: 100\r\n\r\n{"data":`,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(client.door.asked.length).toBe(before);
    expect((await client.send('GET', '/v1/secret/data/a')).status).toBe(404);
  });
});
