import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from '../../src/api/middleware/testing/self-signed.ts';

export interface JsonRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** What stands behind `Bearer `. */
  readonly bearer: string;
  /** Undefined without a body. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

export interface JsonReply {
  readonly status: number;
  readonly json: unknown;
}

/** An HTTPS server of our own that answers JSON, with a certificate that only its own `ca` vouches for. */
export interface JsonServer {
  /** `https://localhost:PORT` */
  readonly origin: string;
  readonly ca: string;
  stop(): Promise<void>;
}

/** @param answer `hang` leaves the request without an answer, `cut` ends its connection */
export async function startJsonServer(
  answer: (request: JsonRequest) => JsonReply | 'hang' | 'cut' | Promise<JsonReply | 'hang' | 'cut'>,
): Promise<JsonServer> {
  const { cert, key } = selfSigned();
  const server = createServer({ cert, key }, (request, response) => {
    void (async () => {
      const reply = await answer(await read(request));
      if (reply === 'hang') return;
      if (reply === 'cut') return request.socket.destroy();
      response.writeHead(reply.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(reply.json));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `https://localhost:${(server.address() as AddressInfo).port}`,
    ca: cert,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function read(request: IncomingMessage): Promise<JsonRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const url = new URL(request.url ?? '/', 'https://localhost');
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    bearer: /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '',
    body: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>),
  };
}

export const reply = (status: number, json: unknown): JsonReply => ({ status, json });
