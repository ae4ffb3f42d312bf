import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SimulatedFiles } from '../../src/audit/testing/simulated-files.ts';
import { systemClock } from '../../src/foundation/node-ports.ts';
import { type ServingHere, serveHere } from './in-process.ts';
import { LogWatch } from './log-watch.ts';

/** The log waits two seconds for its disk; the rest is a slow machine. */
const BOUND_MS = 4_000;

let folder: string;
let disk: SimulatedFiles;
let server: ServingHere;
const log = () => new LogWatch(join(folder, 'audit'));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchword-failing-'));
  disk = new SimulatedFiles();
  server = await serveHere(folder, disk, systemClock);
  await write('before');
});
afterEach(() => rm(folder, { recursive: true }));

const write = (value: string) => server.client.send('POST', 'secret/data/a', { body: { data: { value } } });
const read = () => server.client.send('GET', 'secret/data/a');

async function expectRefused(): Promise<void> {
  const began = performance.now();
  const answers = await Promise.all([read(), write('meanwhile'), read()]);
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
  expect(answers.some(({ text }) => text.includes('before'))).toBe(false);
  expect(performance.now() - began).toBeLessThan(BOUND_MS);
  expect((await server.client.send('GET', 'sys/health')).status).toBe(200);
}

async function expectServed(): Promise<void> {
  await expect.poll(async () => (await read()).status, { timeout: BOUND_MS }).toBe(200);
  expect((await read()).json.data.data).toEqual({ value: 'before' });
  const written = await write('after');
  expect(written.json.data.version).toBe(2);
  await server.close();
  await log().check(new Set([written.json.request_id]), disk);
}

test('while every sync of the log fails nothing is served; afterwards it is, by itself', async () => {
  disk.failingSyncs = Number.POSITIVE_INFINITY;
  await expectRefused();
  await expectRefused();
  disk.failingSyncs = 0;
  await expectServed();
});

test('while a sync of the log hangs requests are refused in bounded time; afterwards they are served, by itself', async () => {
  disk.hanging = true;
  await expectRefused();
  await expectRefused();
  disk.unhang();
  await expectServed();
});

test('a disk that hangs does not keep the server from stopping', async () => {
  disk.hanging = true;
  await expectRefused();
  const began = performance.now();
  await server.close();
  expect(performance.now() - began).toBeLessThan(20_000);
});
