import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import type { WireAnswer } from './envelope.ts';
import { send } from './send.ts';

const plain = { bodyless: false, namespaced: false };
const secretAnswer = (body: Buffer): WireAnswer => ({ status: 200, contentType: 'application/json', body, secret: true });

/** Sends `answer` to a client that starts to read late; gives what it read. */
async function sent(answer: WireAnswer): Promise<Buffer> {
  const server = createServer((_request, response) => send(response, answer, plain)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const [response] = (await once(get({ port, host: '127.0.0.1', agent: false }), 'response')) as [IncomingMessage];
  await new Promise((resolve) => setTimeout(resolve, 100));
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  await new Promise((resolve) => server.close(resolve));
  return Buffer.concat(chunks);
}

it('a secret arrives whole even when the client is slow, and is zeroed then', async () => {
  const body = Buffer.alloc(16 * 1024 * 1024, 's');
  const read = await sent(secretAnswer(body));
  expect(read.length).toBe(body.length);
  expect(read.every((byte) => byte === 0x73)).toBe(true);
  expect(body.every((byte) => byte === 0)).toBe(true);
});

it('a secret for a client that is gone is zeroed at once', async () => {
  const body = Buffer.from('secret');
  const done = Promise.withResolvers<void>();
  const server = createServer((_request, response) => {
    response.on('close', () => {
      send(response, secretAnswer(body), plain);
      done.resolve();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  request.on('error', () => {});
  setTimeout(() => request.destroy(), 50);
  await done.promise;
  expect(body).toEqual(Buffer.alloc(6));
  await new Promise((resolve) => server.close(resolve));
});
