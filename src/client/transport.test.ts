import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTransport } from './transport.ts';

let folder: string;
let certificate: Buffer;
let key: Buffer;
let server: Server & { closeAllConnections(): void };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'watchword-tls-'));
  const [keyFile, certificateFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', [...request, '-keyout', keyFile, '-out', certificateFile, ...names], { stdio: 'ignore' });
  certificate = readFileSync(certificateFile);
  key = readFileSync(keyFile);
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function serve(listener: RequestListener, secure = false): Promise<string> {
  server = secure ? createSecureServer({ key, cert: certificate }, listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `${secure ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function send(address: string, options: { authorities?: Buffer; timeoutMs?: number } = {}) {
  const connection = { token: undefined, namespace: undefined, authorities: undefined, timeoutMs: 5000, ...options };
  return createTransport({ address: new URL(address), ...connection })({ method: 'GET', target: '/x', headers: {} });
}

describe('a request', () => {
  it('over TLS trusts the named authority', async () => {
    const address = await serve((_request, response) => response.end('fine'), true);
    expect((await send(address, { authorities: certificate })).body.toString()).toBe('fine');
  });

  it('over TLS trusts nobody else, and says what to set', async () => {
    const address = await serve((_request, response) => response.end('fine'), true);
    await expect(send(address)).rejects.toMatchObject({ remedy: expect.stringContaining('WATCHWORD_CACERT') });
  });

  it('over TLS to who speaks none, or the other way round, says which address to try', async () => {
    const plain = await serve((_request, response) => response.end('fine'));
    const { host } = new URL(plain);
    await expect(send(`https://${host}`)).rejects.toMatchObject({ remedy: expect.stringContaining(`try http://${host}`) });
    server.close();
    const secure = new URL(await serve((_request, response) => response.end('fine'), true));
    await expect(send(`http://${secure.host}`)).rejects.toMatchObject({
      remedy: expect.stringContaining(`try https://${secure.host}`),
    });
  });

  it('ends when no answer comes in time', async () => {
    const address = await serve(() => {});
    await expect(send(address, { timeoutMs: 100 })).rejects.toThrow(/no answer in time/);
  });

  it('ends when an answer breaks off', async () => {
    const address = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('half');
      setTimeout(() => response.destroy(), 20);
    });
    await expect(send(address)).rejects.toThrow(/cannot be reached/);
  });

  it('takes no endless answer', async () => {
    const chunk = Buffer.alloc(8 * 1024 * 1024);
    const address = await serve((_request, response) => {
      const more = () => {
        while (response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    await expect(send(address)).rejects.toThrow(/larger than 64 MiB/);
  });
});
