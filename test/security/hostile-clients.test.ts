import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeFiles } from '../../src/foundation/node-files.ts';
import { LogReader } from '../../src/transparency/log-reader.ts';
import { Seeded } from '../crash/seeded.ts';
import { type RunningServer, startServer } from '../testing/server.ts';
import { type VaultAnswer, VaultClient } from '../testing/vault-client.ts';

let server: RunningServer;
let root: VaultClient;
let rootToken: string;

beforeAll(async () => {
  server = await startServer();
  rootToken = await server.rootToken();
  root = new VaultClient(server.url, rootToken);
  await root.send('POST', 'secret/data/a', { body: { data: { n: 1 } } });
});
afterAll(async () => {
  root.close();
  await server.stop();
});

function open(): Socket {
  const { hostname, port } = new URL(server.url);
  // The server cuts off whoever speaks no HTTP.
  return connect(Number(port), hostname).on('error', () => {});
}

/** Everything that comes back before the server closes the connection, or falls silent. */
async function exchange(bytes: string | Buffer): Promise<string> {
  const socket = open();
  socket.setTimeout(1_000, () => socket.destroy());
  socket.write(bytes);
  let answer = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    answer += chunk;
  });
  await new Promise((resolve) => socket.once('close', resolve));
  return answer;
}

const statusesIn = (answer: string): number[] =>
  [...answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status));

async function eventCount(): Promise<number> {
  let count = 0;
  for await (const { index } of new LogReader(nodeFiles, join(server.dataDirectory, 'audit')).linesFrom(0)) count = index + 1;
  return count;
}

describe('a request hidden in another', () => {
  const hidden = (name: string) => {
    const body = '{"data":{"n":1}}';
    return `POST /v1/secret/data/${name} HTTP/1.1\r\nHost: x\r\nX-Vault-Token: ${rootToken}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };
  const post = (...headers: string[]) => `POST /v1/sys/wrapping/unwrap HTTP/1.1\r\nHost: x\r\n${headers.join('\r\n')}\r\n\r\n`;

  test.for<[name: string, request: (smuggled: string) => string]>([
    ['length and chunks', (s) => `${post('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n${s}`],
    ['chunks and length', (s) => `${post('Transfer-Encoding: chunked', `Content-Length: ${s.length + 5}`)}0\r\n\r\n${s}`],
    ['two lengths', (s) => `${post('Content-Length: 0', `Content-Length: ${s.length}`)}${s}`],
    ['two lengths in one', (s) => `${post(`Content-Length: 0, ${s.length}`)}${s}`],
    ['a signed length', (s) => `${post('Content-Length: +0')}${s}`],
    ['a length in hex', (s) => `${post('Content-Length: 0x0')}${s}`],
    ['chunks that are not last', (s) => `${post('Transfer-Encoding: chunked, identity')}0\r\n\r\n${s}`],
    ['a coding that does not exist', (s) => `${post('Transfer-Encoding: xchunked')}0\r\n\r\n${s}`],
    ['a space before the colon', (s) => `${post('Transfer-Encoding : chunked', 'Content-Length: 5')}0\r\n\r\n${s}`],
    ['a folded line', (s) => `${post('X-A: b', ' Content-Length: 0', `Content-Length: ${s.length}`)}${s}`],
    ['a folded coding', (s) => `${post('Transfer-Encoding:', ' chunked', 'Content-Length: 5')}0\r\n\r\n${s}`],
    ['a bare line feed', (s) => `${post('X-A: b\nContent-Length: 0')}${s}`],
    ['a bare carriage return', (s) => `${post('X-A: b\rContent-Length: 0')}${s}`],
    ['a zero byte', (s) => `${post('Content-Length: 0\u0000')}${s}`],
    ['a chunk of a negative size', (s) => `${post('Transfer-Encoding: chunked')}-1\r\n\r\n${s}`],
    ['a chunk of an enormous size', (s) => `${post('Transfer-Encoding: chunked')}${'f'.repeat(17)}\r\n\r\n${s}`],
    ['a chunk that ends early', (s) => `${post('Transfer-Encoding: chunked')}1\r\nab\r\n0\r\n\r\n${s}`],
  ])('by %s is not performed, and the connection ends', async ([name, request]) => {
    const target = `hidden-${name.replaceAll(' ', '-')}`;
    const answer = await exchange(request(hidden(target)));
    expect(statusesIn(answer)).toEqual([400]);
    expect(answer).not.toContain('    at ');
    expect((await root.send('GET', `secret/data/${target}`)).status).toBe(404);
  });

  test('is performed where it is not hidden, so the test can fail', async () => {
    const answer = await exchange(`${post('Content-Length: 0')}${hidden('open')}`);
    expect(statusesIn(answer)).toHaveLength(2);
    expect((await root.send('GET', 'secret/data/open')).status).toBe(200);
  });
});

test('no header comes from what a request says', async () => {
  const injected = '%0d%0aX-Injected:%20yes';
  for (const [path, headers] of [
    [`/v1/secret/data/a${injected}`, ''],
    [`/v1/secret/data/a?list=${injected}`, ''],
    [`/api/v1/metadata?path=${injected}`, ''],
    [`/${injected}`, ''],
    ['/v1/secret/data/a', `X-Vault-Namespace: ns${injected}\r\n`],
    ['/v1/secret/data/a', 'X-Vault-Wrap-TTL: 1\u0085X-Injected: yes\r\n'],
  ]) {
    const answer = await exchange(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nX-Vault-Token: ${rootToken}\r\n${headers}Connection: close\r\n\r\n`,
    );
    expect(answer.split('\r\n\r\n')[0]).not.toMatch(/^x-injected/im);
    expect(statusesIn(answer)).toHaveLength(1);
  }
});

test('random bytes bring nothing down', async () => {
  const random = new Seeded(6);
  const beginnings = ['', 'GET /v1/', 'LIST /v1/secret/metadata HTTP/1.1\r\n', 'POST /v1/secret/data/a HTTP/1.1\r\nHost: x\r\n'];
  const noise = Array.from({ length: 300 }, () => {
    const bytes = Buffer.from(Array.from({ length: 1 + random.below(400) }, () => random.below(256)));
    return Buffer.concat([Buffer.from(random.pick(beginnings)), bytes, Buffer.from('\r\n\r\n')]);
  });
  for (let from = 0; from < noise.length; from += 50) {
    const answers = await Promise.all(noise.slice(from, from + 50).map((bytes) => exchange(bytes)));
    for (const status of answers.flatMap(statusesIn)) expect(status).toBeLessThan(500);
  }
  expect((await root.send('GET', 'secret/data/a')).status).toBe(200);
});

test('clients that never finish a request keep nobody else waiting', async () => {
  const slow = Array.from({ length: 300 }, (_, i) => {
    const socket = open();
    socket.write(
      i % 2 === 0
        ? 'GET /v1/sys/health HTTP/1.1\r\nX-A: '
        : 'POST /v1/secret/data/a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{',
    );
    return socket;
  });
  const drip = setInterval(() => slow.forEach((socket) => void socket.write('a')), 100);
  for (let i = 0; i < 50; i++) {
    const began = performance.now();
    expect((await root.send('GET', 'secret/data/a')).status).toBe(200);
    expect(performance.now() - began).toBeLessThan(1_000);
  }
  clearInterval(drip);
  for (const socket of slow) socket.destroy();
});

test('a probe is found in the log by the path that it asked for, whoever sent it and whatever was wrong with it', async () => {
  const probes = [
    ['GET', 'secret/data/probe/no-token', { token: null }, 403],
    ['GET', 'secret/data/probe/wrong-token', { token: 'nobody' }, 403],
    ['POST', 'secret/data/probe/no-json', { body: '{' }, 400],
    ['POST', 'secret/data/probe/stranger', { token: null, body: '{' }, 403],
    ['GET', 'secret/data/probe/%zz', {}, 400],
    ['GET', 'secret/data/probe/namespace', { headers: { 'X-Vault-Namespace': 'team' } }, 404],
    ['GET', '/api/v1/usage?path=secret/data/probe/native', { token: null }, 403],
  ] as const;
  for (const [method, path, asked, status] of probes) expect((await root.send(method, path, asked)).status).toBe(status);
  const logged: string[] = [];
  for await (const { bytes } of new LogReader(nodeFiles, join(server.dataDirectory, 'audit')).linesFrom(0)) {
    const { name } = JSON.parse(bytes.toString('utf8')).resources[0];
    if (name?.startsWith('secret/data/probe/')) logged.push(name);
  }
  expect(logged).toEqual(probes.map(([, path]) => path.replace('/api/v1/usage?path=', '')));
});

function strangersRequest(client: VaultClient, n: number): Promise<VaultAnswer> {
  if (n % 8 === 0) return client.send('GET', 'secret/data/a', { token: null });
  if (n % 8 === 1) return client.send('GET', 'secret/data/a', { token: `nobody-${n}` });
  if (n % 8 === 2) return client.send('PUT', 'sys/unseal', { token: null, body: { key: 'ab' } });
  // What is no request costs the same, also where no token is asked for.
  if (n % 8 === 3) return client.send('POST', 'secret/data/a', { token: null, body: '{' });
  if (n % 8 === 4) return client.send('GET', 'sys/health', { token: null, headers: { 'X-Vault-Wrap-TTL': 'soon' } });
  if (n % 8 === 5) return client.send('GET', '/api/v1/usage', { token: null });
  if (n % 8 === 6) return client.send('GET', 'secret/data/%zz', { token: `nobody-${n}` });
  return client.send('POST', 'sys/wrapping/unwrap', { token: null, body: { token: `nobody-${n}` } });
}

test('10,000 requests without a valid token neither fill the log nor starve whoever has one', { timeout: 120_000 }, async () => {
  const strangers = 10_000;
  const before = await eventCount();
  const began = performance.now();
  let left = strangers;
  const statuses = new Map<number, number>();
  const stranger = async () => {
    const client = new VaultClient(server.url, '');
    while (left-- > 0) {
      const { status } = await strangersRequest(client, left);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    client.close();
  };
  const waits: number[] = [];
  const known = async () => {
    while (left > 0) {
      const asked = performance.now();
      expect((await root.send('GET', 'secret/data/a')).status).toBe(200);
      waits.push(performance.now() - asked);
    }
  };
  await Promise.all([known(), ...Array.from({ length: 20 }, stranger)]);
  const seconds = (performance.now() - began) / 1000;
  // Unsealing what is unsealed gives its state.
  expect([...statuses.keys()].filter((status) => ![200, 400, 403, 429].includes(status))).toEqual([]);
  expect(statuses.get(429)).toBeGreaterThan(strangers / 2);
  // A burst of 100 and 20 a second are logged, an action as intent and outcome; then one count every ten seconds.
  const logged = (await eventCount()) - before - waits.length;
  expect(logged).toBeLessThanOrEqual(2 * (100 + 20 * seconds) + seconds / 10 + 2);
  waits.sort((a, b) => a - b);
  expect(waits.length).toBeGreaterThan(20);
  expect(waits[Math.floor(waits.length * 0.99)]).toBeLessThan(1_000);
});
