import { randomBytes } from 'node:crypto';
import { Pool } from 'undici';
import type { RunningServer } from '../../testing/server.ts';
import { pathOf } from './generator.ts';

const WRITERS = 64;
const TOKENS = 64;
const PROGRESS_EVERY = 1000;
const policy = 'path "secret/data/bench/*" { capabilities = ["create", "read", "update"] }';

export interface FilledStore {
  /** Scoped by a policy of their own to the secrets of the benchmark. */
  readonly tokens: readonly string[];
  /** Of the import; 0 when the secrets were there already. */
  readonly importSeconds: number;
}

/** Writes the secrets (1 KiB each) through the server's front door unless the last one is there, and makes tokens. */
export async function fillStore(server: RunningServer, secrets: number): Promise<FilledStore> {
  const pool = new Pool(server.url, { connections: WRITERS, pipelining: 1 });
  const rootToken = await server.rootToken();
  const ask = async (method: 'GET' | 'POST', path: string, body?: unknown) => {
    const answer = await pool.request({
      method,
      path: `/v1/${path}`,
      headers: { 'x-vault-token': rootToken, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return { status: answer.statusCode, text: await answer.body.text() };
  };
  const must = async (path: string, body: unknown) => {
    const { status, text } = await ask('POST', path, body);
    if (status >= 300) throw new Error(`writing ${path} gave ${status}: ${text}`);
    return text;
  };
  try {
    const importSeconds = (await ask('GET', pathOf(secrets - 1))).status === 200 ? 0 : await fill(secrets, must);
    await must('sys/policies/acl/bench', { policy });
    const tokens = await Promise.all(
      Array.from({ length: TOKENS }, async () => {
        const made = JSON.parse(await must('auth/token/create', { policies: ['bench'], ttl: '12h' }));
        return made.auth.client_token as string;
      }),
    );
    return { tokens, importSeconds };
  } finally {
    await pool.close();
  }
}

async function fill(secrets: number, write: (path: string, body: unknown) => Promise<string>): Promise<number> {
  const began = performance.now();
  let next = 0;
  const writer = async () => {
    for (let number = next++; number < secrets; number = next++) {
      await write(pathOf(number), { data: { value: randomBytes(768).toString('base64') } });
      if ((number + 1) % PROGRESS_EVERY === 0) showProgress(number + 1, secrets);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return (performance.now() - began) / 1000;
}

function showProgress(done: number, all: number): void {
  if (!process.stderr.isTTY) return;
  const width = 40;
  const filled = Math.round((done / all) * width);
  process.stderr.write(`\rimport [${'#'.repeat(filled)}${' '.repeat(width - filled)}] ${done}/${all}${done === all ? '\n' : ''}`);
}
