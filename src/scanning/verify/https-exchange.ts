import { request } from 'node:https';
import type { Exchange } from './verification.ts';
import type { Answer } from './verifier.ts';

const TIMEOUT_MS = 10_000;
const MOST = 64 * 1024;

/** Over TLS with the system's trust, no redirect, no proxy of the environment, no cookie; 10 seconds and 64 KiB at most. */
export const httpsExchange: Exchange = (host, { path, headers, body }) =>
  new Promise<Answer>((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const common = { 'user-agent': 'watchword-scan', accept: 'application/json' };
    const sent = request({
      host,
      path,
      method,
      headers: { ...common, ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      agent: false,
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const done = (): void => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
      response.on('error', reject);
      response.on('end', done);
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length <= MOST) {
          chunks.push(chunk);
          return;
        }
        done();
        response.destroy();
      });
    });
    sent.end(body);
  });
