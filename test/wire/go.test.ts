import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type IssuerServer, startIssuer } from '../testing/issuer.ts';
import { type RunningServer, startServer } from '../testing/server.ts';
import { differences, performed } from './driven.ts';

const { goClient } = inject('services');

/** What the client of Vault Agent does, method by method. */
const steps = [
  'approle',
  'approle, wrapped',
  'approle, guessed',
  'userpass',
  'userpass, wrong password',
  'kubernetes',
  'kubernetes, no such role',
  'renewal',
];

describe.skipIf(goClient === undefined)('the official Go client', () => {
  let server: RunningServer;
  let issuer: IssuerServer;
  let folder: string;
  let before: readonly string[];
  let rootToken: string;
  const errors = new Map<string, string | null>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'watchword-go-'));
    [server, issuer] = await Promise.all([startServer(), startIssuer()]);
    rootToken = await server.rootToken();
    await prepare();
    before = await performed(server.url, rootToken);
    const tokenFile = join(folder, 'token');
    const account = { namespace: 'research', serviceaccount: { name: 'trainer', uid: '8d4f2c5e-0000-4000-8000-000000000001' } };
    const sub = 'system:serviceaccount:research:trainer';
    await writeFile(tokenFile, await issuer.sign({ aud: ['watchword'], sub, 'kubernetes.io': account }));
    const env = {
      PATH: process.env['PATH'],
      HOME: folder,
      WIRE_ADDRESS: server.url,
      WIRE_ROOT_TOKEN: rootToken,
      WIRE_TOKEN_FILE: tokenFile,
    };
    const { stdout } = await promisify(execFile)(goClient ?? '', [], { env, timeout: 50_000 });
    for (const line of stdout.trim().split('\n')) {
      const { step, error } = JSON.parse(line) as { step: string; error: string | null };
      errors.set(step, error);
    }
  });

  afterAll(async () => {
    await server?.stop();
    await issuer?.close();
    await rm(folder, { recursive: true });
  });

  async function prepare(): Promise<void> {
    const write = async (path: string, body: object) => {
      const headers = { 'X-Vault-Token': rootToken, 'Content-Type': 'application/json' };
      const answer = await fetch(`${server.url}/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      expect(answer.ok, `${path}: ${answer.status}`).toBe(true);
    };
    const gives = { token_policies: ['go'], owner: 'team' };
    await write('secret/data/go', { data: { who: 'world' } });
    await write('sys/policies/acl/go', { policy: 'path "secret/data/go" { capabilities = ["read"] }' });
    for (const type of ['approle', 'userpass', 'kubernetes']) await write(`sys/auth/${type}`, { type });
    await write('auth/approle/role/go', { ...gives, secret_id_num_uses: 1 });
    await write('auth/userpass/users/ada', { ...gives, password: 'right', token_ttl: '3s', token_max_ttl: '1h' });
    await write('auth/kubernetes/config', { issuer: issuer.url, jwks_url: `${issuer.url}/keys`, internal: true });
    const bound = {
      bound_service_account_names: ['trainer'],
      bound_service_account_namespaces: ['research'],
      audience: 'watchword',
    };
    await write('auth/kubernetes/role/go', { ...gives, ...bound });
  }

  test.each(steps)('%s', (step) => {
    expect(errors.get(step) ?? (errors.has(step) ? 'passed' : 'did not run')).toBe('passed');
  });

  test('the coverage table says of it what was done here', async () => {
    // Asked for by this suite itself.
    const own = [...before, 'system.metrics'];
    const done = (await performed(server.url, rootToken)).filter((operation) => !own.includes(operation));
    expect(differences('go', done)).toEqual({ claimedOnly: [], unclaimed: [] });
  });
});
