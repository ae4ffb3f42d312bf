import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nodeFiles } from '../../src/foundation/node-files.ts';
import { systemClock } from '../../src/foundation/node-ports.ts';
import type { Clock } from '../../src/foundation/ports.ts';
import { type ServingHere, serveHere } from './in-process.ts';

/** How often the server looks after its keys. */
const LOOK_MS = 10_000;
const HOUR = 3_600_000;

/** Time that a test can let pass; what waits for the next look waits a moment. */
class PassingClock implements Clock {
  passed = 0;
  now(): number {
    return Date.now() + this.passed;
  }
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms === LOOK_MS ? 25 : ms, signal);
  }
}

let directory: string;
let clock: PassingClock;
let server: ServingHere;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'watchword-keys-'));
  clock = new PassingClock();
  server = await serveHere(directory, nodeFiles, clock);
  const key = { algorithm: 'ES256', rotation_period: '1h', verification_ttl: '1h' };
  expect((await server.client.send('POST', 'identity/oidc/key/signing', { body: key })).status).toBe(204);
});
afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

async function published(): Promise<string[]> {
  const { json } = await server.client.send('GET', 'identity/oidc/.well-known/keys', { token: null });
  return json.keys.map(({ kid }: { kid: string }) => kid);
}

test('nobody asks, and keys are made when they are due and taken out when their time is over', async () => {
  const [first, second] = await published();
  clock.passed += HOUR;
  await vi.waitFor(async () => expect(await published()).toEqual([second, first, expect.any(String)]), 10_000);
  const third = (await published())[2];
  clock.passed += HOUR;
  await vi.waitFor(async () => expect(await published()).toEqual([third, second, expect.any(String)]), 10_000);
});

test('a server that did not run when a key became due signs with the next one, and makes another', async () => {
  const [first, second] = await published();
  await server.close();
  clock.passed += 90 * 24 * HOUR;
  server = await serveHere(directory, nodeFiles, clock);
  await vi.waitFor(async () => expect(await published()).toEqual([second, expect.any(String)]), 10_000);
  expect(await published()).not.toContain(first);
});
