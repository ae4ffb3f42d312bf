import type { ServerResponse } from 'node:http';
import type { WireAnswer } from './envelope.ts';

export interface Sending {
  /** Answer to HEAD: headers only. */
  readonly bodyless: boolean;
  /** The client named the namespace. */
  readonly namespaced: boolean;
}

/** Sends an answer; a body that holds a secret is zeroed once the socket is done with it. */
export function send(response: ServerResponse, answer: WireAnswer, { bodyless, namespaced }: Sending): void {
  const { status, secret, retryAfter, cacheSeconds } = answer;
  // A health check may ask for any status, also for those that have no body.
  const body = status === 204 || status === 304 ? undefined : answer.body;
  if (response.destroyed) {
    // The client is gone, and nothing more will be told of the response.
    body?.fill(0);
    return;
  }
  const headers = ['Cache-Control', cacheSeconds === undefined ? 'no-store' : `public, max-age=${cacheSeconds}`];
  if (body !== undefined) headers.push('Content-Type', answer.contentType, 'Content-Length', String(body.length));
  if (namespaced) headers.push('X-Vault-Namespace', 'root/');
  if (retryAfter !== undefined) headers.push('Retry-After', String(Math.max(1, Math.ceil(retryAfter))));
  if (secret && body !== undefined) response.once('close', () => body.fill(0));
  response.writeHead(status, headers);
  if (body === undefined || bodyless) response.end();
  else response.end(body);
}
