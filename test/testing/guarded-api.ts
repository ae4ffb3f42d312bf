import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createListener } from '../../src/api/listener.ts';
import { createOauthApi } from '../../src/api/oauth/oauth-api.ts';
import { createVaultApi } from '../../src/api/vault/api.ts';
import type { Network } from '../../src/foundation/ports.ts';
import { silentLogger } from '../../src/foundation/ports.ts';
import { type GuardedIdentity, openGuardedIdentity } from '../../src/identity/testing/guarded.ts';

export interface Reply {
  readonly status: number;
  readonly text: string;
  /** Undefined when the answer is no JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly json: any;
}

export interface Sending {
  /** Texts are sent as they are, everything else as JSON. */
  readonly body?: unknown;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** Tokens, logins and entities behind the real door and the real HTTP interface, in this process; time and network are doubles. */
export interface GuardedApi extends AsyncDisposable {
  readonly on: GuardedIdentity;
  /** `127.0.0.1:…` */
  readonly host: string;
  /** What the server wrote to its log. */
  readonly logged: readonly string[];
  /** @param path from the slash on */
  send(method: string, path: string, sending?: Sending): Promise<Reply>;
}

export async function openGuardedApi(network?: Network): Promise<GuardedApi> {
  const on = await openGuardedIdentity(network === undefined ? {} : { network });
  const logged: string[] = [];
  const note = (message: string, fields?: object) => void logged.push(JSON.stringify({ message, ...fields }));
  const logger = { ...silentLogger, warn: note, error: note };
  const { door } = on;
  const native = createOauthApi({ door, logger, otherwise: (_request, response) => void response.writeHead(404).end() });
  const listener = createListener({ vault: createVaultApi({ door, logger }), native, logger, graceMs: 500 });
  await new Promise<void>((resolve) => listener.server.listen(0, '127.0.0.1', resolve));
  const { port } = listener.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  return {
    on,
    host: `127.0.0.1:${port}`,
    logged,
    send: (method, path, sending) => send({ agent, port, method, path }, sending),
    async [Symbol.asyncDispose]() {
      agent.destroy();
      await listener.close();
      await on[Symbol.asyncDispose]();
    },
  };
}

interface Target {
  readonly agent: Agent;
  readonly port: number;
  readonly method: string;
  readonly path: string;
}

function send({ agent, port, method, path }: Target, { body, token, headers = {} }: Sending = {}): Promise<Reply> {
  const bytes = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request({
      agent,
      host: '127.0.0.1',
      port,
      method,
      path,
      headers: {
        ...(token === undefined ? {} : { 'X-Vault-Token': token }),
        ...(bytes === undefined ? {} : { 'Content-Length': Buffer.byteLength(bytes) }),
        ...headers,
      } as Record<string, string>,
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isJson = text !== '' && response.headers['content-type']?.startsWith('application/json') === true;
        resolve({ status: response.statusCode ?? 0, text, json: isJson ? JSON.parse(text) : undefined });
      });
    });
    sent.end(bytes);
  });
}
