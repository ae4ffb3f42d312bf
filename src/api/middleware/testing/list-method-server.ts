import { once } from 'node:events';
import http, { type IncomingMessage, type RequestListener } from 'node:http';
import https from 'node:https';
import net, { type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import tls from 'node:tls';
import { acceptListMethods } from '../list-method.ts';
import { refuseUnparsable } from '../unparsable.ts';
import { selfSigned } from './self-signed.ts';

export type Transport = 'tcp' | 'tls';

export interface Response {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

const { key, cert } = selfSigned();

/** Says what arrived: method, target and body length. `/slow` answers late, `/unread` without reading, `/big` 256 KiB. */
export const echo: RequestListener = async (request, response) => {
  if (request.method === 'LINK' || request.method === 'LOCK') {
    response.writeHead(405).end();
    return;
  }
  const length = request.url === '/unread' ? -1 : await bodyLength(request);
  if (request.url?.startsWith('/slow')) await delay(40);
  const said = `${request.method} ${request.url} ${length}`;
  const body = request.url === '/big' ? said.padEnd(256 * 1024, '.') : said;
  response.writeHead(200, { 'Content-Length': Buffer.byteLength(body) }).end(body);
};

async function bodyLength(request: IncomingMessage): Promise<number> {
  let length = 0;
  for await (const chunk of request) length += chunk.length;
  return length;
}

export interface TestServer extends AsyncDisposable {
  readonly server: http.Server;
  readonly transport: Transport;
  connect(): Promise<Client>;
}

export async function startServer(
  transport: Transport,
  handler: RequestListener = echo,
  options: http.ServerOptions = {},
): Promise<TestServer> {
  const server =
    transport === 'tls' ? https.createServer({ key, cert, ...options }, handler) : http.createServer(options, handler);
  acceptListMethods(server, refuseUnparsable);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const clients: Client[] = [];
  return {
    server,
    transport,
    async connect() {
      const socket =
        transport === 'tls'
          ? tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false, allowHalfOpen: true } as tls.ConnectionOptions)
          : net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      await once(socket, transport === 'tls' ? 'secureConnect' : 'connect');
      const client = new Client(socket);
      clients.push(client);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const { socket } of clients) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Speaks bytes and reads responses, so that a test decides about every packet. */
export class Client {
  readonly socket: Socket;
  #received = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket.setNoDelay(true);
    const end = () => {
      this.#ended = true;
      this.#wake();
    };
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on('end', end).on('close', end).on('error', end);
  }

  /** Sends each piece as a packet of its own. */
  async send(...pieces: (string | Buffer)[]): Promise<void> {
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) await delay(3);
      if (!this.socket.writable) return;
      this.socket.write(piece);
    }
  }

  /** Undefined when the server ends the connection before a whole response. */
  async response(): Promise<Response | undefined> {
    for (;;) {
      const response = this.#take();
      if (response !== undefined || this.#ended) return response;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async responses(count: number): Promise<(string | undefined)[]> {
    const all: (string | undefined)[] = [];
    while (all.length < count) {
      const response = await this.response();
      all.push(response?.status === 200 ? response.body.replace(/\.+$/, '') : response?.status.toString());
    }
    return all;
  }

  /** Everything until the server ends the connection. */
  async rest(): Promise<(string | undefined)[]> {
    const all: (string | undefined)[] = [];
    for (;;) {
      const [next] = await this.responses(1);
      if (next === undefined) return all;
      all.push(next);
    }
  }

  get raw(): string {
    return this.#received.toString('latin1');
  }

  #take(): Response | undefined {
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const head = this.#received.toString('latin1', 0, end);
    const status = Number(head.slice(9, 12));
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const chunked = /transfer-encoding: chunked/i.test(head);
    const stop = end + 4 + (chunked ? 5 : length);
    if (this.#received.length < stop) return undefined;
    const body = chunked ? '' : this.#received.toString('latin1', end + 4, stop);
    this.#received = this.#received.subarray(stop);
    return { status, head, body };
  }
}
