import { type AddressInfo, connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WatchwordError } from '../foundation/errors.ts';
import { silentLogger } from '../foundation/ports.ts';
import { createListener, type Handler } from './listener.ts';
import { selfSigned } from './middleware/testing/self-signed.ts';
import { FakeDoor } from './vault/testing/fake-door.ts';
import { WireClient } from './vault/testing/wire-client.ts';

let client: WireClient;
let release: () => void;

beforeEach(async () => {
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  client = await new WireClient(new FakeDoor({ 'kv1.read': () => held.then(() => null) })).start();
});
afterEach(async () => {
  release();
  await client.stop();
});

/** Everything the server says until it ends the connection. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(client.port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

describe('the listener', () => {
  it('gives /v1 to the Vault API and everything else away', async () => {
    for (const path of ['/v1', '/v1/', '/v1/x', '/v1?a=b']) expect((await client.send('GET', path)).text).not.toBe('native');
    for (const path of ['/', '/v1x', '/v10/x', '/api/v1/x', '//v1/x', '/x/v1/']) {
      expect((await client.send('GET', path)).text).toBe('native');
    }
  });

  it.each([
    ['an unknown method', 'LISP /v1/x HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['no HTTP at all', '\u0016\u0003\u0001 hello\r\n\r\n', 400],
    ['a control character in the path', 'GET /v1/a\u0001b HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['two lengths', 'POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    ['length and chunks', 'POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
    ['a head beyond every measure', `GET /v1/x HTTP/1.1\r\nHost: x\r\nX: ${'cafe'.repeat(20_000)}\r\n\r\n`, 431],
  ])('answers %s in the form of every other error, and shows nothing of it', async (_what, bytes, status) => {
    const answer = await raw(bytes);
    expect(answer.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
    expect(answer).toContain('\r\nContent-Type: application/json\r\n');
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))).errors.length).toBe(1);
    expect(answer).not.toMatch(/LISP|cafe|hello/);
  });

  it('lets no header be injected by what it says', async () => {
    const answer = await client.send('GET', '/v1/secret/data/%0d%0aX-Injected:%20y', {
      headers: { 'X-Vault-Namespace': 'root/' },
    });
    expect([answer.status, answer.headers['x-injected']]).toEqual([400, undefined]);
  });

  it('speaks TLS, with LIST', async () => {
    const listed: (string | undefined)[] = [];
    const answer: Handler = ({ method }, response) => {
      listed.push(method);
      response.end('ok');
    };
    const { server, close } = createListener({ vault: answer, native: answer, logger: silentLogger, tls: selfSigned() });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    socket.write('LIST /v1/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    for await (const _ of socket);
    expect(listed).toEqual(['LIST']);
    await close();
  });

  it('refuses a certificate that is none', () => {
    const nowhere = () => {};
    const tls = { cert: 'no certificate', key: 'no key' };
    expect(() => createListener({ vault: nowhere, native: nowhere, logger: silentLogger, tls })).toThrow(WatchwordError);
  });
});

describe('closing', () => {
  it('lets a running request end, takes no new one, and then is done', async () => {
    const running = client.send('GET', '/v1/old/a');
    while (client.door.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const { port } = client;
    const closed = client.listener.close();
    await expect(
      new Promise((resolve, reject) => {
        connect(port, '127.0.0.1').on('connect', resolve).on('error', reject);
      }),
    ).rejects.toThrow(/ECONNREFUSED/);
    release();
    expect((await running).status).toBe(404);
    await closed;
  });

  it('waits no longer than the grace time', async () => {
    const running = client.send('GET', '/v1/old/a').catch((error: Error) => error);
    while (client.door.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const started = performance.now();
    await client.listener.close();
    expect(performance.now() - started).toBeLessThan(1_500);
    expect(await running).toBeInstanceOf(Error);
  });

  it('ends idle connections at once', async () => {
    await client.send('GET', '/v1/sys/health');
    const started = performance.now();
    await client.listener.close();
    expect(performance.now() - started).toBeLessThan(300);
  });
});
