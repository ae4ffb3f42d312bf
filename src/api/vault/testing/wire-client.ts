import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { silentLogger } from '../../../foundation/ports.ts';
import { createListener, type Handler, type Listener } from '../../listener.ts';
import { createVaultApi } from '../api.ts';
import type { FakeDoor } from './fake-door.ts';

export interface WireResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly json: any;
}

export interface Sent {
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Texts and Buffers are sent as they are, everything else as JSON. */
  readonly body?: unknown;
}

/** A listener over a fake door, and a client of it that sends paths unchanged. */
export class WireClient {
  readonly door: FakeDoor;
  readonly listener: Listener;
  readonly #agent = new Agent({ keepAlive: true });
  readonly logged: string[] = [];

  constructor(door: FakeDoor, native: Handler = (_request, response) => void response.end('native')) {
    this.door = door;
    const note = (message: string, fields?: object) => void this.logged.push(JSON.stringify({ message, ...fields }));
    const logger = { ...silentLogger, warn: note, error: note };
    this.listener = createListener({ vault: createVaultApi({ door, logger }), native, logger, graceMs: 500 });
  }

  get port(): number {
    return (this.listener.server.address() as AddressInfo).port;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.listener.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    await this.listener.close();
  }

  /** With the door's valid token, unless another one, or none (undefined), is named. */
  send(method: string, path: string, { body, headers = {}, ...rest }: Sent = {}): Promise<WireResponse> {
    const token = 'token' in rest ? rest.token : this.door.validToken;
    const bytes = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request({
        agent: this.#agent,
        host: '127.0.0.1',
        port: this.port,
        method,
        path,
        headers: {
          ...(token === undefined ? {} : { 'X-Vault-Token': token }),
          ...(bytes === undefined || 'Transfer-Encoding' in headers ? {} : { 'Content-Length': Buffer.byteLength(bytes) }),
          ...headers,
        },
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const isJson = response.headers['content-type'] === 'application/json';
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: isJson && text !== '' ? JSON.parse(text) : undefined,
          });
        });
      });
      sent.end(bytes);
    });
  }
}
