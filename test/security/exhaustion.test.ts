import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../testing/server.ts';
import { VaultClient } from '../testing/vault-client.ts';

/** Callers who keep to the protocol and mean harm: strangers, and tokens that may do little. */
let dataDirectory: string;
let server: RunningServer;
let root: VaultClient;

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'watchword-exhaustion-'));
  server = await startServer({ dataDirectory });
  root = new VaultClient(server.url, await server.rootToken());
});
afterEach(async () => {
  root.close();
  await server.stop();
  await rm(dataDirectory, { recursive: true });
});

async function tokenFor(policy: string): Promise<string> {
  await root.send('PUT', 'sys/policies/acl/limited', { body: { policy } });
  const made = await root.send('POST', 'auth/token/create', { body: { policies: ['limited'], no_default_policy: true } });
  return made.json.auth.client_token as string;
}

/** Sends a body and does not care what becomes of it. Resolves with the status, or undefined when the connection was cut. */
function post(path: string, body: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve) => {
    const sent = request(`${server.url}/v1/${path}`, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', () => resolve(undefined));
    sent.end(body);
  });
}

/** Milliseconds until the server answers somebody else. */
async function patience(): Promise<number> {
  const began = performance.now();
  await root.send('GET', 'sys/health');
  return performance.now() - began;
}

describe('a stranger', () => {
  test.each([
    ['numbers that cost a parser much', 'application/json', `{"a":[${'1.5,'.repeat(2_000_000)}1]}`],
    ['a form of a million fields', 'application/x-www-form-urlencoded', 'a&'.repeat(1_000_000)],
  ])('does not keep the server busy with %s', async (_what, type, body) => {
    await patience();
    const sent = post('secret/data/x', body, { 'Content-Type': type, 'X-Vault-Token': 'wws_unknown' });
    let slowest = 0;
    for (let i = 0; i < 20; i++) slowest = Math.max(slowest, await patience());
    expect(await sent).toBe(403);
    expect(slowest).toBeLessThan(500);
  });

  test('sends what a body needs where no token is asked for', async () => {
    expect(await post('sys/unseal', '{"key":"00"}', {})).toBe(200);
    expect(await post('sys/unseal', `{"key":"${'00'.repeat(100_000)}"}`, {})).toBe(413);
  });
});

describe('a token that may do little', () => {
  test('cannot leave an intent behind whose outcome fits into no event', async () => {
    const token = await tokenFor('path "auth/token/create" { capabilities = ["update"] }');
    // A control character takes six bytes in the log; the filler brings the intent byte by byte up to what an event may hold.
    const names = (filler: number) => [
      ...Array.from({ length: 664 }, (_, i) => String(i).padEnd(256, '\u0001')),
      ...Array.from({ length: 128 }, (_, i) => 'x'.repeat(Math.min(256, Math.max(0, filler - i * 256)))),
    ];
    const attempt = async (filler: number) => {
      const { status } = await root.send('POST', 'auth/token/create', { token, body: { policies: names(filler) } });
      statuses.add(status);
      return status === 400;
    };
    const statuses = new Set<number>();
    let [fits, tooMuch] = [0, 128 * 256];
    while (tooMuch - fits > 1) {
      const middle = (fits + tooMuch) >> 1;
      if (await attempt(middle)) fits = middle;
      else tooMuch = middle;
    }
    await server.kill();
    server = await startServer({ dataDirectory });
    expect(statuses).toEqual(new Set([400, 413]));
  });
});
