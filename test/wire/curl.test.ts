import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { selfSigned } from '../../src/api/middleware/testing/self-signed.ts';
import { type RunningServer, startServer } from '../testing/server.ts';
import { writeTlsFiles } from '../testing/tls-files.ts';
import { differences, performed } from './driven.ts';

const { curl: program } = inject('services');

interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly json: any;
}

/** What curl prints with `--include`: the last head, and the body behind it. */
function parsed(output: string): Answer {
  const heads = output.split('\r\n\r\n');
  const at = heads.findIndex((head) => !/^HTTP\/1\.1 1\d\d/.test(head));
  const [first = '', ...lines] = (heads[at] ?? '').split('\r\n');
  const text = heads.slice(at + 1).join('\r\n\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const status = Number(first.split(' ')[1]);
  const json = () => (headers['content-type'] === 'application/json' && text !== '' ? JSON.parse(text) : undefined);
  return {
    status,
    headers,
    text,
    get json() {
      return json();
    },
  };
}

/** @throws Error when curl itself fails */
function curl(...args: string[]): Promise<Answer> {
  const always = ['--silent', '--show-error', '--include', '--max-time', '20', '--noproxy', '*', '--path-as-is'];
  return new Promise((resolve, reject) => {
    execFile(program ?? 'curl', [...always, ...args], { maxBuffer: 1 << 26 }, (error, stdout) => {
      if (error === null) resolve(parsed(stdout));
      else reject(error);
    });
  });
}

describe.skipIf(program === undefined)('curl', () => {
  let server: RunningServer;
  let auth: string[];
  const at = (path: string) => `${server.url}/v1/${path}`;
  const post = (path: string, body: string, ...args: string[]) => curl(...auth, '--data-binary', body, ...args, at(path));

  beforeAll(async () => {
    server = await startServer();
    auth = ['--header', `X-Vault-Token: ${await server.rootToken()}`];
    await post('sys/mounts/one', '{"type":"kv"}');
    await post('secret/data/folder/x', '{"data":{"a":"1"}}');
  });
  afterAll(() => server.stop());

  describe('headers', () => {
    test('every answer is exactly application/json and never stored', async () => {
      for (const path of ['secret/data/folder/x', 'secret/data/none', 'nowhere', 'sys/health', 'sys/seal-status', 'sys/%zz']) {
        const { headers } = await curl(...auth, at(path));
        expect(headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
      }
    });

    test('an answer without content has no type', async () => {
      const answer = await post('one/x', '{"a":1}');
      expect(answer).toMatchObject({ status: 204, text: '' });
      expect(answer.headers).not.toHaveProperty('content-type');
      expect(answer.headers['cache-control']).toBe('no-store');
    });

    test('the token as a bearer, and that X-Vault-Token wins over it', async () => {
      const token = await server.rootToken();
      const self = at('auth/token/lookup-self');
      expect((await curl('--header', `Authorization: Bearer ${token}`, self)).status).toBe(200);
      expect((await curl('--header', `authorization: bearer ${token}`, self)).status).toBe(200);
      expect((await curl(...auth, '--header', 'Authorization: Bearer unknown', self)).status).toBe(200);
      const wrong = ['--header', 'X-Vault-Token: unknown', '--header', `Authorization: Bearer ${token}`];
      expect((await curl(...wrong, self)).status).toBe(403);
      expect((await curl('--header', `Authorization: Basic ${token}`, self)).status).toBe(403);
      expect((await curl(self)).json).toEqual({ errors: ['permission denied'] });
    });

    test('health for HEAD is its status alone', async () => {
      expect(await curl('--head', at('sys/health'))).toMatchObject({ status: 200, text: '' });
      expect(await curl('--head', at('sys/health?activecode=299'))).toMatchObject({ status: 299, text: '' });
    });
  });

  describe('methods', () => {
    test('LIST, and GET with list=true', async () => {
      const keys = { keys: ['x'] };
      expect((await curl(...auth, '--request', 'LIST', at('secret/metadata/folder'))).json.data).toEqual(keys);
      for (const value of ['true', '1', 't', 'True']) {
        expect((await curl(...auth, at(`secret/metadata/folder/?list=${value}`))).json.data).toEqual(keys);
      }
      expect(await curl(...auth, '--request', 'LIST', at('secret/metadata/none'))).toMatchObject({
        status: 404,
        json: { errors: [] },
      });
      expect((await curl(...auth, at('secret/metadata/folder?list=maybe'))).status).toBe(400);
    });

    test('SCAN goes into folders', async () => {
      expect((await curl(...auth, '--request', 'SCAN', at('secret/metadata'))).json.data.keys).toContain('folder/x');
      await post('one/deep/er/x', '{"v":1}');
      expect((await curl(...auth, '--request', 'SCAN', at('one/deep'))).json.data.keys).toEqual(['er/x']);
    });

    test('pages of a list', async () => {
      for (const name of ['a', 'b', 'c', 'd']) await post(`one/page/${name}`, '{"v":1}');
      const page = await curl(...auth, '--request', 'LIST', at('one/page?after=a&limit=2'));
      expect(page.json.data.keys).toEqual(['b', 'c']);
    });

    test('several requests on one connection, LIST among them', async () => {
      const lists = [at('secret/metadata/folder'), at('secret/metadata/folder')];
      const mixed = [...auth, '--request', 'LIST', ...lists, '--next', ...auth, '--silent', at('secret/data/folder/x')];
      const { text } = await curl('--write-out', '<%{num_connects}>', ...mixed);
      expect(text.match(/"keys":\["x"\]/g)).toHaveLength(2);
      expect(text).toContain('"data":{"a":"1"}');
      expect(text.match(/<\d>/g)).toEqual(['<1>', '<0>']);
    });

    test('PUT is POST', async () => {
      expect((await post('secret/data/put', '{"data":{"n":1}}', '--request', 'PUT')).json.data.version).toBe(1);
      expect((await post('secret/data/put', '{"data":{"n":2}}')).json.data.version).toBe(2);
    });

    test('what a path does not offer is 405, and only for those who may know', async () => {
      const unsupported = { status: 405, json: { errors: ['unsupported operation'] } };
      expect(await curl(...auth, '--request', 'DELETE', at('auth/token/lookup-self'))).toMatchObject(unsupported);
      expect(await curl(...auth, '--request', 'OPTIONS', at('secret/data/x'))).toMatchObject(unsupported);
      expect(await curl('--request', 'DELETE', at('auth/token/lookup-self'))).toMatchObject({ status: 403 });
    });

    test('LINK and LOCK are not what LIST and SCAN travel as', async () => {
      for (const method of ['LINK', 'LOCK']) {
        expect((await curl(...auth, '--request', method, at('secret/metadata/folder'))).status).toBeGreaterThanOrEqual(400);
      }
    });
  });

  describe('bodies', () => {
    test('a urlencoded form', async () => {
      expect((await curl(...auth, '--data', 'a=1&b=two%20words&c=1&c=2', at('one/form'))).status).toBe(204);
      expect((await curl(...auth, at('one/form'))).json.data).toEqual({ a: '1', b: 'two words', c: ['1', '2'] });
    });

    test('JSON under the type that curl gives by itself', async () => {
      expect((await post('one/json', '{"a":{"b":1}}')).status).toBe(204);
      expect((await curl(...auth, at('one/json'))).json.data).toEqual({ a: { b: 1 } });
    });

    test('what cannot be parsed', async () => {
      const json = ['--header', 'Content-Type: application/json'];
      for (const body of ['{', '[1]', '"x"', '{"a":1}x', `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`]) {
        const answer = await post('one/bad', body, ...json);
        expect(answer).toMatchObject({ status: 400, json: { errors: [expect.any(String)] } });
        expect(answer.text).not.toContain('    at ');
      }
    });

    test('a patch must say what kind it is', async () => {
      const patch = ['--request', 'PATCH', '--header'];
      const body = '{"data":{"b":"2"}}';
      expect((await post('secret/data/folder/x', body, ...patch, 'Content-Type: application/json')).status).toBe(415);
      const merge = await post('secret/data/folder/x', body, ...patch, 'Content-Type: application/merge-patch+json');
      expect(merge.json.data.version).toBe(2);
      expect((await curl(...auth, at('secret/data/folder/x'))).json.data.data).toEqual({ a: '1', b: '2' });
    });

    test('more than 32 MiB, announced or not', async () => {
      const file = join(server.dataDirectory, 'too-large');
      await writeFile(file, Buffer.alloc(32 * 1024 * 1024 + 1, 'x'));
      expect((await post('one/large', `@${file}`)).status).toBe(413);
      expect((await post('one/large', `@${file}`, '--header', 'Transfer-Encoding: chunked')).status).toBe(413);
      expect((await curl(...auth, at('one/large'))).status).toBe(404);
    });
  });

  describe('paths and headers of bad will', () => {
    test('paths that are no paths', async () => {
      for (const path of [
        'secret/data/%zz',
        'secret/data/%00',
        'secret/data/a%0d%0aSet-Cookie:x',
        `secret/data/${'a'.repeat(5000)}`,
      ]) {
        expect(await curl(...auth, at(path))).toMatchObject({ status: 400, json: { errors: [expect.any(String)] } });
      }
      expect((await curl(...auth, at('secret/data/../../sys/seal-status'))).status).toBeGreaterThanOrEqual(400);
      expect((await curl(...auth, at('secret/data//folder/x'))).status).toBe(404);
    });

    test('a wrapping lifetime that is none, a namespace that is none', async () => {
      const url = at('secret/data/folder/x');
      expect((await curl(...auth, '--header', 'X-Vault-Wrap-TTL: soon', url)).status).toBe(400);
      expect((await curl(...auth, '--header', 'X-Vault-Wrap-TTL: 1h', url)).json.wrap_info.ttl).toBe(3600);
      expect((await curl(...auth, '--header', 'X-Vault-Namespace: team', url)).status).toBe(404);
      const { status, headers } = await curl(...auth, '--header', 'X-Vault-Namespace: root/', url);
      expect([status, headers['x-vault-namespace']]).toEqual([200, 'root/']);
    });
  });

  test('TLS with a certificate of its own', async () => {
    const files = await writeTlsFiles(selfSigned());
    const tls = await startServer({ args: files.args });
    try {
      const token = ['--header', `X-Vault-Token: ${await tls.rootToken()}`];
      const trusting = ['--cacert', files.certFile, ...token];
      const url = `${tls.url}/v1/secret/data/x`;
      expect((await curl(...trusting, '--data', '{"data":{"a":"1"}}', url)).status).toBe(200);
      const list = await curl(...trusting, '--request', 'LIST', `${tls.url}/v1/secret/metadata`);
      expect(list.json.data.keys).toEqual(['x']);
      await expect(curl(...token, url)).rejects.toThrow('SSL certificate');
      await expect(curl(...trusting, '--tls-max', '1.1', url)).rejects.toThrow();
    } finally {
      await tls.stop();
      await files.remove();
    }
  });

  test('a second server on the same data says so in one line', async () => {
    const second = startServer({ dataDirectory: server.dataDirectory });
    await expect(second).rejects.toThrow(/before it served:\n[^\n]*data directory[^\n]*\n?([^\n]*\n)?$/);
  });

  test('the coverage table says of curl what was done here', async () => {
    const done = await performed(server.url, await server.rootToken());
    expect(differences('curl', done)).toEqual({ claimedOnly: [], unclaimed: [] });
  });
});
