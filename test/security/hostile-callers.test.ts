import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../testing/server.ts';
import { VaultClient } from '../testing/vault-client.ts';

/** Callers who keep to the protocol and mean harm: strangers, and tokens that may do little. */
let server: RunningServer;
let root: VaultClient;

beforeEach(async () => {
  server = await startServer();
  root = new VaultClient(server.url, await server.rootToken());
});
afterEach(async () => {
  root.close();
  await server.stop();
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
    const names = (length: number) => Array.from({ length: 1024 }, (_, i) => `${i}-`.padEnd(length, '\u0001'));
    const statuses = new Set<number>();
    // Somewhere among these sizes the intent is just small enough.
    for (let length = 120; length <= 200; length += 1) {
      statuses.add((await root.send('POST', 'auth/token/create', { token, body: { policies: names(length) } })).status);
    }
    expect(statuses).not.toContain(503);
    await server.kill();
    server = await startServer({ dataDirectory: server.dataDirectory });
    expect((await root.send('GET', 'sys/health')).status).toBe(200);
  });

  test.each([
    { policies: 'beyond', POLICIES: 'limited' },
    { POLICIES: 'limited', policies: 'beyond' },
  ])('does not slip a parameter past a policy by writing its name twice: %j', async (body) => {
    const token = await tokenFor(
      'path "auth/token/create" { capabilities = ["update", "sudo"] allowed_parameters = { policies = ["limited"] } }',
    );
    expect((await root.send('POST', 'auth/token/create', { token, body: { policies: 'limited' } })).status).toBe(200);
    expect((await root.send('POST', 'auth/token/create', { token, body })).status).toBe(403);
  });
});
