import { readFile, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { WatchwordError } from '../foundation/errors.ts';

export interface PlatformRequest {
  readonly url: string;
  readonly method?: 'GET' | 'PUT' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds; a second by default: what vouches for a workload is next to it. */
  readonly timeoutMs?: number;
}

/** What is there where the workload runs; tests bring their own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Undefined where there is no such file, or it cannot be read. At most 1 MiB. */
  file(path: string): Promise<string | undefined>;
  /** Undefined where nobody answers with success. Redirects are not followed, proxies not used. */
  ask(request: PlatformRequest): Promise<string | undefined>;
}

const MAX_BYTES = 1024 * 1024;
const TIMEOUT_MS = 1000;

/** The surroundings of this process. */
export function processSurroundings(env: Surroundings['env'], home: string): Surroundings {
  return { env, home, now: () => Date.now(), file: smallFile, ask: askPlatform };
}

async function smallFile(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    return size > MAX_BYTES ? undefined : await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

function askPlatform({
  url,
  method = 'GET',
  headers = {},
  body,
  timeoutMs = TIMEOUT_MS,
}: PlatformRequest): Promise<string | undefined> {
  const send = new URL(url).protocol === 'https:' ? secureRequest : request;
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const asked = send(url, { method, headers, signal }, (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      answer.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_BYTES) asked.destroy();
        chunks.push(chunk);
      });
      answer.on('error', () => resolve(undefined));
      answer.on('close', () => resolve(undefined));
      answer.on('end', () => resolve(answer.statusCode === 200 ? Buffer.concat(chunks).toString('utf8') : undefined));
    });
    asked.on('error', () => resolve(undefined));
    asked.end(body);
  });
}

/** @throws WatchwordError `client.usage` */
export function missing(what: string): never {
  throw new WatchwordError('client.usage', what);
}
