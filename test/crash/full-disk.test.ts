import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { type RunningServer, startServer } from '../testing/server.ts';
import { type VaultAnswer, VaultClient } from '../testing/vault-client.ts';
import { Ledger } from './ledger.ts';
import { LogWatch } from './log-watch.ts';

const BOUND_MS = 5_000;
const LARGEST_GROWTH_KIB = 128 * 1024;

let folder: string;
/** A file system of a few MiB. */
let small: string;
let server: RunningServer;
let client: VaultClient;
const ledger = new Ledger();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchword-full-'));
  small = join(folder, 'small');
  await mkdir(small);
});
afterEach(async () => {
  client?.close();
  await server?.kill();
  execFileSync('umount', ['--lazy', small]);
  await rm(folder, { recursive: true });
});

function mountSmall(): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'watchword-test', small]);
}

async function start(dataDirectory: string): Promise<void> {
  server = await startServer({ dataDirectory });
  client = new VaultClient(server.url, await server.rootToken(), BOUND_MS);
  expect((await write('a', 'before')).status).toBe(200);
}

async function write(name: string, value: string): Promise<VaultAnswer> {
  const answer = await client.send('POST', `secret/data/${name}`, { body: { data: { value } } });
  ledger.note(answer);
  return answer;
}
async function read(name = 'a'): Promise<VaultAnswer> {
  const answer = await client.send('GET', `secret/data/${name}`);
  ledger.note(answer);
  return answer;
}

const ballast = () => join(small, 'ballast');

/** Takes the last byte of the small file system. */
function fill(): void {
  for (const size of [64 * 1024, 4096, 1]) {
    try {
      for (;;) appendFileSync(ballast(), Buffer.alloc(size));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
}

/** Requests go on until the rest of a page, or of a file that is written again from its beginning, is used up. */
async function untilRefused(send: () => Promise<VaultAnswer>): Promise<void> {
  for (let i = 0; i < 500; i++) {
    fill();
    if ((await send()).status === 503) return;
  }
  throw new Error('a full disk is never noticed');
}

const memory = (): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))?.[1]);

async function expectServedAgain(): Promise<void> {
  await unlink(ballast());
  await expect.poll(async () => (await write('b', 'after')).status, { timeout: 15_000 }).toBe(200);
  const { data } = (await read('b')).json;
  expect(data.data).toEqual({ value: 'after' });
  expect((await read()).json.data).toMatchObject({ data: { value: 'before' }, metadata: { version: 1 } });
}

async function expectWholeLog(directory: string): Promise<void> {
  client.close();
  expect(await server.stop()).toBe(0);
  await new LogWatch(directory).check(ledger.answered);
}

describe.skipIf(!inject('services').mount)('a full disk', () => {
  test('of everything: nothing is served and nothing changes until there is space, then all is well by itself', async () => {
    mountSmall();
    await start(small);
    await untilRefused(read);
    const before = memory();
    for (let round = 0; round < 20; round++) {
      const began = performance.now();
      const sent = Array.from({ length: 25 }, (_, i) => (i % 2 === 0 ? read() : write('a', 'x'.repeat(10_000))));
      const answers = await Promise.all(sent);
      expect(performance.now() - began).toBeLessThan(BOUND_MS);
      // Half of a page may be left for a short event.
      for (const { status, text } of answers) if (status !== 200) expect([status, text.includes('before')]).toEqual([503, false]);
      expect(answers.filter(({ status }) => status === 503).length).toBeGreaterThan(answers.length / 2);
      fill();
    }
    expect(memory() - before).toBeLessThan(LARGEST_GROWTH_KIB);
    expect((await client.send('GET', 'sys/health')).status).toBe(200);
    await expectServedAgain();
    await expectWholeLog(join(small, 'audit'));
  });

  test('of the log alone: nothing is served until there is space', async () => {
    mountSmall();
    const dataDirectory = join(folder, 'data');
    await mkdir(dataDirectory);
    await symlink(small, join(dataDirectory, 'audit'));
    await start(dataDirectory);
    await untilRefused(read);
    expect((await write('a', 'x'.repeat(10_000))).status).toBe(503);
    expect((await client.send('GET', 'sys/health')).status).toBe(200);
    await expectServedAgain();
    await expectWholeLog(small);
  });

  test('of the database alone: reads are served, changes are refused until there is space', async () => {
    mountSmall();
    const log = join(folder, 'log');
    await mkdir(log);
    await symlink(log, join(small, 'audit'));
    await start(small);
    await untilRefused(() => write('c', 'x'.repeat(20_000)));
    const newest = (await read('c')).json?.data?.metadata.version ?? 0;
    for (let i = 0; i < 10; i++) {
      fill();
      expect((await write('c', 'x'.repeat(20_000))).status).toBe(503);
      expect((await read()).json.data.data).toEqual({ value: 'before' });
    }
    expect((await read('c')).json?.data?.metadata.version ?? 0).toBe(newest);
    await expectServedAgain();
    await expectWholeLog(log);
  });
});
