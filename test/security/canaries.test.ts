import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { type RunningServer, startServer } from '../testing/server.ts';
import { type Asked, type VaultAnswer, VaultClient } from '../testing/vault-client.ts';
import { Canaries } from './canaries.ts';
import { runWatched } from './watched-command.ts';

/**
 * One server with its most talkative log, secrets of ours on every path through it, and then a look at everything that it left
 * behind. What each step sends is looked for in the end, and by the last test.
 */
const canaries = new Canaries();
const TOO_LARGE = 33 * 1024 * 1024;
let folder: string;
let dataDirectory: string;
let server: RunningServer;
let root: VaultClient;
let rootToken: string;
const printed: string[] = [];

async function begin(): Promise<void> {
  server = await startServer({ dataDirectory, args: ['--log-level', 'debug'] });
  rootToken = canaries.add('the root token', await server.rootToken());
  root = new VaultClient(server.url, rootToken);
}

async function end(): Promise<void> {
  canaries.lookInto(dataDirectory, { 'root-token': [rootToken] });
  root.close();
  await server.stop();
  printed.push(server.output());
  canaries.lookInto(dataDirectory, { 'root-token': [rootToken] });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchword-canaries-'));
  dataDirectory = join(folder, 'data');
  await begin();
});
afterAll(() => rm(folder, { recursive: true }));

/** An answer may hold what was asked for, and no other canary. */
async function send(method: string, path: string, asked: Asked = {}, ...expected: string[]): Promise<VaultAnswer> {
  const answer = await root.send(method, path, asked);
  canaries.look(`the answer to ${method} ${path.split('?')[0]}`, `${JSON.stringify(answer.headers)}${answer.text}`, ...expected);
  return answer;
}

async function expectStatus(status: number, ...request: Parameters<typeof send>): Promise<VaultAnswer> {
  const answer = await send(...request);
  expect([request[0], request[1].split('?')[0], answer.status]).toEqual([request[0], request[1].split('?')[0], status]);
  return answer;
}

test('secrets that are written, read, patched, wrapped, deleted, expired', async () => {
  for (let i = 0; i < 20; i++) {
    const value = canaries.take('a value');
    const nested = canaries.take('a value inside an object');
    const key = canaries.take('a key');
    const data = { value, deep: [{ nested }, 1], [key]: i };
    await expectStatus(200, 'POST', `secret/data/s${i}`, { body: { data } });
    await expectStatus(200, 'GET', `secret/data/s${i}`, {}, value, nested, key);
  }
  const patch = canaries.take('a patched value');
  const headers = { 'Content-Type': 'application/merge-patch+json' };
  await expectStatus(200, 'PATCH', 'secret/data/s0', { body: { data: { value: patch } }, headers });
  const custom = canaries.take('custom metadata');
  await expectStatus(204, 'POST', 'secret/metadata/s1', { body: { custom_metadata: { note: custom } } });
  await expectStatus(200, 'GET', 'secret/metadata/s1', {}, custom);
  await expectStatus(200, 'GET', '/api/v1/metadata?path=secret/s1', {}, custom);
  const box = canaries.take('a value in a cubbyhole');
  await expectStatus(204, 'POST', 'cubbyhole/box', { body: { box } });
  await expectStatus(200, 'GET', 'cubbyhole/box', {}, box);
  const old = canaries.take('an unversioned value');
  await expectStatus(204, 'POST', 'sys/mounts/old', { body: { type: 'kv', options: { version: '1' } } });
  await expectStatus(204, 'POST', 'old/a', { body: { old } });
  await expectStatus(200, 'GET', 'old/a', {}, old);
  for (const [way, path] of [
    ['DELETE', 'data/s2'],
    ['DELETE', 'metadata/s3'],
  ] as const)
    await expectStatus(204, way, `secret/${path}`);
  await expectStatus(204, 'PUT', 'secret/destroy/s4', { body: { versions: [1] } });
  for (const name of ['s2', 's3', 's4']) await expectStatus(404, 'GET', `secret/data/${name}`);
  await expectStatus(204, 'POST', 'secret/metadata/short', { body: { delete_version_after: '1s' } });
  await expectStatus(200, 'POST', 'secret/data/short', { body: { data: { value: canaries.take('an expired value') } } });
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await expectStatus(404, 'GET', 'secret/data/short');
});

test('tokens and wrapping tokens', async () => {
  for (let i = 0; i < 5; i++) {
    const meta = canaries.take('metadata of a token');
    const made = await root.send('POST', 'auth/token/create', { body: { policies: ['default'], meta: { note: meta } } });
    const token = canaries.add('a token', made.json.auth.client_token);
    await expectStatus(200, 'GET', 'auth/token/lookup-self', { token }, token, meta);
    await expectStatus(200, 'POST', 'auth/token/lookup', { body: { token } }, token, meta);
    await expectStatus(403, 'GET', 'secret/data/s0', { token });
    await expectStatus(403, 'POST', 'secret/data/s0', { token, body: { data: { value: canaries.take('a denied value') } } });
    await expectStatus(204, 'POST', 'auth/token/revoke', { body: { token } });
    await expectStatus(403, 'GET', 'auth/token/lookup-self', { token });
    const value = canaries.take('a wrapped value');
    await expectStatus(200, 'POST', 'secret/data/wrapped', { body: { data: { value } } });
    const wrapped = await root.send('GET', 'secret/data/wrapped', { headers: { 'X-Vault-Wrap-TTL': '60s' } });
    const wrapping = canaries.add('a wrapping token', wrapped.json.wrap_info.token);
    await expectStatus(200, 'POST', 'sys/wrapping/lookup', { body: { token: wrapping } });
    await expectStatus(200, 'POST', 'sys/wrapping/unwrap', { body: { token: wrapping } }, value);
    await expectStatus(400, 'POST', 'sys/wrapping/unwrap', { body: { token: wrapping } });
    await expectStatus(200, 'POST', 'sys/wrapping/wrap', {
      body: { value: canaries.take('a value wrapped on request') },
      headers: { 'X-Vault-Wrap-TTL': '60s' },
    });
    // Before any identity is known.
    await send('GET', 'secret/data/s0', { token: canaries.take('an invalid token') });
    await send('GET', 'secret/data/s0', {
      token: null,
      headers: { Authorization: `Bearer ${canaries.take('an invalid bearer token')}` },
    });
    await send('POST', 'sys/wrapping/unwrap', { token: canaries.take('an invalid wrapping token') });
    await send('POST', 'sys/wrapping/unwrap', {
      token: null,
      body: { token: canaries.take('an invalid wrapping token in the body') },
    });
    await send('POST', 'auth/token/lookup', { body: { token: canaries.take('an invalid token to look up') } });
    await send('POST', 'auth/token/revoke', { body: { token: canaries.take('an invalid token to revoke') } });
    await send('POST', 'auth/token/lookup-accessor', { body: { accessor: canaries.take('an invalid accessor') } });
  }
});

test('bodies that are no request', async () => {
  const path = 'secret/data/bad';
  for (let i = 0; i < 3; i++) {
    const canary = () => canaries.take('a body that cannot be parsed');
    for (const body of [
      `{"data":{"value":"${canary()}"`,
      `{"data":{"value":${canary()}}}`,
      `"${canary()}"`,
      `["${canary()}"]`,
      `{"data":{"a":"${canary()}","a":"${canary()}"}`,
      `${'{"a":'.repeat(2_000)}"${canary()}"${'}'.repeat(2_000)}`,
      `\u0000${canary()}`,
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(canary())]),
    ]) {
      await expectStatus(400, 'POST', path, { body });
    }
    for (const type of [
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/xml',
    ]) {
      await send('POST', path, {
        body: `data=${canaries.take(`a body of type ${type}`)}&options=1`,
        headers: { 'Content-Type': type },
      });
    }
  }
});

test('fields of another type or beyond their bounds', async () => {
  const canary = (name: string) => canaries.take(`a wrong ${name}`);
  for (let i = 0; i < 3; i++) {
    await expectStatus(400, 'POST', 'secret/data/s5', { body: { data: canary('data') } });
    await expectStatus(400, 'POST', 'secret/data/s5', { body: { data: { v: canary('value with cas') }, options: { cas: 99 } } });
    await expectStatus(400, 'POST', 'secret/data/s5', { body: { data: {}, options: { cas: canary('cas') } } });
    await send('POST', 'secret/data/s5', { body: { data: { v: 1 }, [canary('field name')]: canary('unknown field') } });
    await expectStatus(400, 'POST', 'secret/metadata/s5', { body: { max_versions: canary('max_versions') } });
    await expectStatus(400, 'POST', 'secret/metadata/s5', { body: { delete_version_after: canary('duration') } });
    await expectStatus(400, 'POST', 'secret/metadata/s5', {
      body: { custom_metadata: { k: canary('custom metadata').repeat(50) } },
    });
    await expectStatus(400, 'PUT', 'secret/destroy/s5', { body: { versions: [canary('version')] } });
    await expectStatus(400, 'POST', 'auth/token/create', { body: { ttl: canary('ttl') } });
    await expectStatus(400, 'POST', 'auth/token/create', { body: { num_uses: canary('num_uses') } });
    await expectStatus(400, 'POST', 'auth/token/create', { body: { meta: { k: [canary('meta')] } } });
    await expectStatus(400, 'PUT', 'sys/policies/acl/bad', { body: { policy: `path "x" { ${canary('policy')} = [` } });
    await expectStatus(400, 'POST', 'sys/mounts/bad', { body: { type: 'kv', options: { version: canary('option') } } });
  }
  await expectStatus(204, 'PUT', 'sys/policies/acl/good', { body: { policy: `# ${canaries.take('a comment in a policy')}\n` } });
});

test('bodies that are too large', async () => {
  const canary = canaries.take('a body that is too large');
  const body = Buffer.alloc(TOO_LARGE, 'x');
  body.write(`{"data":{"value":"${canary}`);
  // The server may close the connection while the rest is still being sent.
  await send('POST', 'secret/data/big', { body }).catch(() => undefined);
  // Ends with less than it announced, so this connection is of no use to anybody afterwards.
  const short = new VaultClient(server.url, rootToken, 5_000);
  const headers = { Expect: '100-continue', 'Content-Length': String(TOO_LARGE) };
  const refused = await short.send('POST', 'secret/data/big', { headers, body: canary }).catch(() => undefined);
  canaries.look('the answer to an announced body', refused?.text ?? '');
  short.close();
});

test('query strings and headers', async () => {
  await expectStatus(200, 'POST', 'secret/data/plain', { body: { data: { n: 1 } } });
  for (let i = 0; i < 3; i++) {
    const canary = (name: string) => canaries.take(`a ${name}`);
    await send('GET', `secret/data/plain?version=${canary('query parameter that is read')}`);
    await send('GET', `secret/data/plain?token=${canary('query parameter that is not')}`);
    await send('GET', `secret/metadata/?list=${canary('list parameter')}`);
    await send('GET', `/api/v1/metadata?path=secret/plain&${canary('parameter of the native interface')}=1`);
    await send('GET', `/api/v1/usage?path=secret/plain&path=${canary('second path of the native interface')}`);
    await send('GET', `sys/metrics?format=${canary('format')}`);
    await send('GET', 'secret/data/plain', { headers: { 'X-Vault-Wrap-TTL': canary('wrapping time') } });
    await send('GET', 'secret/data/plain', { headers: { 'X-Vault-Namespace': canary('namespace') } });
    await send('GET', 'secret/data/plain', { headers: { Cookie: `session=${canary('cookie')}` } });
    await send('GET', 'secret/data/plain', { headers: { 'User-Agent': canary('user agent') } });
    await send('GET', 'secret/data/plain', { headers: { 'X-Forwarded-For': canary('forwarded address') } });
    await send('POST', 'secret/data/plain', { headers: { 'Content-Type': canary('content type') }, body: '{}' });
  }
});

test('requests that cannot be parsed', async () => {
  const { hostname, port } = new URL(server.url);
  for (const head of [
    (canary: string) => `GET /v1/sys/health HTTP/1.1\r\nHost: x\r\n${canary}\r\n\r\n`,
    (canary: string) => `${canary} /v1/sys/health HTTP/1.1\r\nHost: x\r\n\r\n`,
    (canary: string) => `GET /v1/sys/health ${canary}\r\nHost: x\r\n\r\n`,
    (canary: string) => `GET /v1/sys/health HTTP/1.1\r\nHost: x\r\nX-Vault-Token: ${canary}\u0001\r\n\r\n`,
    (canary: string) => `POST /v1/sys/health HTTP/1.1\r\nHost: x\r\nContent-Length: ${canary}\r\n\r\n`,
  ]) {
    const socket = connect(Number(port), hostname);
    socket.end(head(canaries.take('a head that cannot be parsed')));
    canaries.look('the answer to a broken head', await text(socket).catch(() => ''));
  }
});

test('files that are imported, whole and broken, and what is typed on the command line', async () => {
  const home = join(folder, 'home');
  await mkdir(home);
  const tokenFile = join(home, 'token');
  await writeFile(tokenFile, rootToken, { mode: 0o600 });
  const canary = (name: string) => canaries.take(name);
  const inEnv = canary('a value in .env');
  const files: Record<string, string> = {
    '.env': `A=${inEnv}\nexport B="${canary('a quoted value')}"\nC='${canary('another value')}' # ${canary('a comment')}\n`,
    'service.json': JSON.stringify({ a: canary('a value in JSON'), deep: { b: [canary('a deep value in JSON')] } }),
    'model.yaml': `a: ${canary('a value in YAML')}\ndeep:\n  - b: "${canary('a deep value in YAML')}"\n`,
    'broken.env': `A=ok\n${canary('a line that is no assignment')}\nB="${canary('a value without an end')}\n`,
    'broken.json': `{"a": "${canary('a value in broken JSON')}", ${canary('broken JSON')}`,
    'broken.yaml': `a: "${canary('a value in broken YAML')}\n\t- ${canary('broken YAML')}: [\n`,
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(home, name), content);
  const run = async (words: string[], input?: string, ...expected: string[]) => {
    const connection = ['--address', server.url, '--token-file', tokenFile];
    const done = await runWatched([...words, ...connection], { home, ...(input === undefined ? {} : { input }) });
    for (const [where, bytes] of Object.entries({ ...done, code: '' })) {
      canaries.look(`${where} of watchword ${words[0]}`, String(bytes), ...(where === 'stdout' ? expected : []));
    }
    return done;
  };
  expect((await run(['import', '--dry-run', '.env', 'service.json', 'model.yaml', '--split'])).code).toBe(0);
  expect((await run(['import', '.env', '--path', 'env'])).code).toBe(0);
  expect((await run(['import', 'service.json', 'model.yaml', '--prefix', 'x', '--split'])).code).toBe(0);
  await run(['import', '.env', '--path', 'env']);
  for (const name of ['broken.env', 'broken.json', 'broken.yaml']) expect((await run(['import', name])).code).not.toBe(0);
  expect((await run(['kv', 'get', 'secret/env', '-field', 'A'], undefined, inEnv)).stdout.trim()).toBe(inEnv);
  expect((await run(['kv', 'put', 'secret/typed', 'a=-'], canary('a value on standard input'))).code).toBe(0);
  expect((await run(['kv', 'put', 'secret/typed', '-'], `{"a": ${canary('broken JSON on standard input')}`)).code).not.toBe(0);
});

test('a request that fails inside', async () => {
  const value = canaries.take('a value that cannot be opened any more');
  await expectStatus(200, 'POST', 'secret/data/broken', { body: { data: { value } } });
  await end();
  const database = new DatabaseSync(join(dataDirectory, 'watchword.db'));
  database.exec("update kv_entry set sealed = x'00112233' where path = 'broken'");
  database.close();
  await begin();
  await expectStatus(500, 'GET', 'secret/data/broken');
  const again = canaries.take('a value written over what cannot be opened');
  await expectStatus(500, 'POST', 'secret/data/broken', { body: { data: { value: again } } });
});

test('unseal keys', async () => {
  const directory = join(folder, 'shamir');
  const shamir = await startServer({ dataDirectory: directory, args: ['--log-level', 'debug', '--seal', 'shamir'] });
  onTestFailed(() => shamir.kill());
  const client = new VaultClient(shamir.url, '');
  const made = await client.send('PUT', 'sys/init', { token: null, body: { secret_shares: 3, secret_threshold: 2 } });
  const keys = [...made.json.keys, ...made.json.keys_base64] as string[];
  for (const key of keys) canaries.add('an unseal key', key);
  const token = canaries.add('the root token of init', made.json.root_token);
  const submit = async (key: string) => {
    const { text: answered } = await client.send('PUT', 'sys/unseal', { token: null, body: { key } });
    canaries.look('the answer to unseal', answered);
  };
  await submit(canaries.take('a key that is none'));
  await submit(Buffer.from(canaries.take('another key that is none')).toString('base64'));
  await client.send('PUT', 'sys/unseal', { token: null, body: { reset: true } });
  for (const key of [keys[0], keys[4]]) await submit(key as string);
  const self = await client.send('GET', 'auth/token/lookup-self', { token });
  expect(self.status).toBe(200);
  expect((await client.send('PUT', 'sys/seal', { token })).status).toBe(204);
  for (const key of [keys[1], keys[5]]) await submit(key as string);
  canaries.lookInto(directory);
  client.close();
  await shamir.stop();
  printed.push(shamir.output());
  canaries.lookInto(directory);
});

test('none of them was left anywhere', async () => {
  for (const format of ['prometheus', '']) {
    const { text: metrics } = await root.send('GET', `sys/metrics?format=${format}`);
    canaries.look('metrics', metrics);
  }
  await end();
  for (const text of printed) canaries.look('what the server prints', text);
  expect(printed.join('')).toContain('a request failed');
  expect(canaries.count).toBeGreaterThanOrEqual(200);
  expect(canaries.leaks).toEqual([]);
});

test('the search finds what is there', () => {
  const own = new Canaries();
  const value = own.take('a secret');
  for (const shape of [value, Buffer.from(value).toString('hex'), Buffer.from(`ab${value}c`).toString('base64')]) {
    const fresh = new Canaries();
    fresh.add('a secret', value);
    fresh.look('here', `before ${shape} after`);
    expect(fresh.leaks).toEqual(['a secret is in here']);
  }
});
