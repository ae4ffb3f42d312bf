import { execFile, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Load {
  readonly url: string;
  readonly kind: 'constant' | 'read' | 'write' | 'login' | 'lookup';
  readonly seconds: number;
  readonly tokens?: readonly string[];
  /** How many there are to choose from. */
  readonly secrets?: number;
  /** For logins: where to post, and a file that holds one body a line. Needs wrk. */
  readonly logins?: { readonly path: string; readonly file: string };
  /** Kept busy at the same time; {@link CONNECTIONS} by default. */
  readonly connections?: number;
  /** Mean pause of a connection between answer and next request. */
  readonly thinkMs?: number;
}

export interface Measured {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Anything but an answer with a status below 400. */
  readonly failed: number;
}

export const CONNECTIONS = 32;
const script = join(import.meta.dirname, 'requests.lua');
const hasWrk = spawnSync('wrk', ['-v']).error === undefined;

export const generatorName = hasWrk ? 'wrk' : 'autocannon';

/** Keeps connections busy. */
export async function generate(load: Load): Promise<Measured> {
  return hasWrk ? withWrk(load) : withAutocannon(load);
}

async function withWrk({
  url,
  kind,
  seconds,
  tokens = [],
  secrets = 1,
  thinkMs = 0,
  logins,
  connections = CONNECTIONS,
}: Load): Promise<Measured> {
  const { stdout } = await promisify(execFile)(
    'wrk',
    ['-t', '1', '-c', String(connections), '-d', String(seconds), '-s', script, '--timeout', '10s', url],
    {
      env: {
        ...process.env,
        BENCH_KIND: kind,
        BENCH_TOKENS: tokens.join(','),
        BENCH_SECRETS: String(secrets),
        BENCH_THINK_MS: String(thinkMs),
        BENCH_LOGINS: logins?.file ?? '',
        BENCH_PATH: logins?.path ?? '',
      },
    },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Measured;
}

/** Where wrk is missing. It takes several times the CPU, so that its ratios say less, and knows no pauses. */
async function withAutocannon({ url, kind, seconds, tokens = [], secrets = 1 }: Load): Promise<Measured> {
  if (kind === 'login' || kind === 'lookup') throw new Error('this load needs wrk: apt-get install wrk');
  // It has no types.
  const autocannon = createRequire(import.meta.url)('autocannon');
  const value = '0123456789abcdef'.repeat(64);
  const setupRequest = (request: object) => {
    if (kind === 'constant') return request;
    const number = Math.floor(Math.random() * secrets);
    const token = tokens[Math.floor(Math.random() * tokens.length)];
    const headers = { 'x-vault-token': token, 'content-type': 'application/json' };
    const path = `/v1/${pathOf(number)}`;
    if (kind === 'read') return { ...request, method: 'GET', path, headers };
    return { ...request, method: 'POST', path, headers, body: JSON.stringify({ data: { value } }) };
  };
  const result = await autocannon({ url, connections: CONNECTIONS, duration: seconds, requests: [{ setupRequest }] });
  return {
    requests: result.requests.total,
    seconds: result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    failed: result.errors + result['4xx'] + result['5xx'],
  };
}

/** Policy path of one of the secrets; the script for wrk writes the same. */
export function pathOf(number: number): string {
  return `secret/data/bench/${String(number % 1000).padStart(3, '0')}/${String(number).padStart(6, '0')}`;
}
