import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSigned } from '../../src/api/middleware/testing/self-signed.ts';

export interface VendorAsked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bearer: string;
  readonly body: string;
}

export interface VendorSays {
  readonly status: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Somebody else's service, played over TLS on the loopback interface. */
export interface FakeVendor {
  readonly url: string;
  /** PEM of the authority that it is known by. */
  readonly ca: string;
  readonly asked: readonly VendorAsked[];
  /** Taken one after the other instead of true answers; `silence` never answers. */
  readonly instead: (VendorSays | 'silence')[];
  stop(): Promise<void>;
}

export async function startFakeVendor(says: (asked: VendorAsked) => VendorSays | Promise<VendorSays>): Promise<FakeVendor> {
  const { key, cert } = selfSigned();
  const log: VendorAsked[] = [];
  const instead: (VendorSays | 'silence')[] = [];
  const server = createServer({ key, cert }, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'https://localhost');
    const asked: VendorAsked = {
      method: request.method ?? '',
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      headers: request.headers,
      bearer: /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '',
      body: Buffer.concat(chunks).toString('utf8'),
    };
    log.push(asked);
    const next = instead.shift() ?? (await says(asked));
    if (next === 'silence') return;
    response.writeHead(next.status, { 'Content-Type': 'application/json', ...next.headers });
    response.end(next.json === undefined ? '' : JSON.stringify(next.json));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `https://localhost:${(server.address() as AddressInfo).port}`, ca: cert, asked: log, instead, stop };
}

/** Undefined for what is no JSON object. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
