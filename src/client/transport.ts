import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Connection } from './connection.ts';
import { unreachable } from './unreachable.ts';

export interface HttpRequest {
  readonly method: string;
  /** Absolute path with query, encoded. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Given up when it is aborted, as when the time is over. */
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** @throws WatchwordError `client.unreachable` when no whole answer arrives in time */
export type Transport = (request: HttpRequest) => Promise<HttpAnswer>;

const MAX_ANSWER = 64 * 1024 * 1024;

/**
 * Plain `node:http`: the command line starts in a few milliseconds, certificates are checked against the given authorities, and nothing
 * follows a redirect by itself.
 */
export function createTransport({ address, authorities, clientCertificate, timeoutMs }: Connection): Transport {
  const secure = address.protocol === 'https:';
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const send = secure ? httpsRequest : httpRequest;
  const options: RequestOptions & { ca?: Buffer; cert?: Buffer; key?: Buffer } = {
    agent,
    // URL writes IPv6 addresses in brackets, sockets want them without.
    host: address.hostname.replace(/^\[|\]$/g, ''),
    port: address.port === '' ? (secure ? 443 : 80) : Number(address.port),
    ...(authorities === undefined ? {} : { ca: authorities }),
    ...clientCertificate,
  };
  return ({ method, target, headers, body, signal: given }) =>
    new Promise<HttpAnswer>((resolve, reject) => {
      const fail = (cause: Error) => reject(unreachable(address, cause));
      const late = AbortSignal.timeout(timeoutMs);
      const signal = given === undefined ? late : AbortSignal.any([late, given]);
      const length = body === undefined ? {} : { 'Content-Length': String(body.length) };
      const request = send({ ...options, method, path: target, headers: { ...headers, ...length }, signal }, (response) => {
        collect(response).then(resolve, fail);
      });
      request.on('error', fail);
      request.end(body);
    });
}

async function collect(response: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER) throw new Error('answer larger than 64 MiB');
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}
