import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from '../testing/browser.ts';
import { type OpenIdProvider, startOpenIdProvider } from '../testing/openid-provider.ts';
import { type RunningServer, startServer } from '../testing/server.ts';
import { differences, performed } from '../wire/driven.ts';
import { atTheShell, type Person } from './command-line.ts';

const PORT = '18250';
const browser = join(import.meta.dirname, '../testing/browser.ts');
const ada: OpenIdProvider['person'] = { id: 'ada', claims: { email: 'ada@example.org', groups: ['vision', 'admins'] } };

let directory: string;
let provider: OpenIdProvider;
let server: RunningServer;
let person: Person;
let operator: Person;
let rootToken: string;

async function ask(path: string, body: object, token?: string) {
  const headers = { 'Content-Type': 'application/json', ...(token === undefined ? {} : { 'X-Vault-Token': token }) };
  const answer = await fetch(`${server.url}/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
}

async function reasons(): Promise<readonly string[]> {
  const words = ['audit', 'search', '--operation', 'oidc.finish', '--json', '--dir', join(server.dataDirectory, 'audit')];
  const { stdout } = await operator.run(words);
  return [...stdout.matchAll(/"status_detail":"([^"]+)"/g)].map(([, reason = '']) => reason);
}

/** The operator's command line, which must succeed. */
async function operate(words: readonly string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await operator.run(words, input);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return stdout;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'watchword-people-'));
  const opener = join(directory, 'browser');
  await writeFile(opener, `#!/bin/sh\nexec "${process.execPath}" "${browser}" "$1"\n`);
  await chmod(opener, 0o755);
  provider = await startOpenIdProvider([`http://localhost:${PORT}/oidc/callback`]);
  server = await startServer();
  rootToken = await server.rootToken();
  person = await atTheShell({ WATCHWORD_ADDR: server.url, BROWSER: opener });
  operator = await atTheShell({ WATCHWORD_ADDR: server.url, WATCHWORD_TOKEN: rootToken });
  const { issuer, client } = provider;
  await operate(['write', 'sys/auth/oidc', 'type=oidc']);
  const provided = [`oidc_discovery_url=${issuer}`, `oidc_client_id=${client.id}`, 'oidc_client_secret=-'];
  await operate(['write', 'auth/oidc/config', ...provided, 'default_role=people', 'internal=true'], client.secret);
  const role = {
    allowed_redirect_uris: ['http://localhost:8250/oidc/callback'],
    oidc_scopes: ['profile'],
    user_claim: 'sub',
    groups_claim: 'groups',
    bound_claims: { groups: ['vision'] },
    claim_mappings: { email: 'email' },
    token_ttl: '10m',
    token_policies: ['people'],
    owner: 'team-platform',
  };
  await operate(['write', 'auth/oidc/role/people', '-'], JSON.stringify(role));
});

beforeEach(() => {
  provider.person = ada;
});

afterAll(async () => {
  await person?.[Symbol.asyncDispose]();
  await operator?.[Symbol.asyncDispose]();
  expect(await server?.stop()).toBe(0);
  await provider?.stop();
  await rm(directory, { recursive: true, force: true });
});

const logIn = () => person.run(['login', '--method', 'oidc', `port=${PORT}`]);

describe('a person', () => {
  it('logs in with a browser, and is who the provider says', async () => {
    const { stdout, stderr, code } = await logIn();
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('Log in with your browser') });
    expect(stdout).toMatch(/email\s+ada@example\.org/);
    expect((await person.run(['whoami'])).stdout).toMatch(/oidc-ada@example\.org/);
  });

  it('in none of the groups that the role admits is refused', async () => {
    provider.person = { id: 'grace', claims: { email: 'grace@example.org', groups: ['speech'] } };
    const { code, stderr } = await logIn();
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringMatching(/permission denied/i) });
    expect((await reasons()).at(-1)).toBe('claims.mismatch');
  });

  it('who refuses at the provider is not logged in', async () => {
    provider.person = undefined;
    const { code } = await logIn();
    expect(code).toBe(1);
    expect((await reasons()).at(-1)).toBe('oidc.denied');
  });

  it('logs in with a code on another device', async () => {
    let confirmed: Promise<void> | undefined;
    const told = (text: string) => {
      const address = /Or open (\S+)/.exec(text)?.[1];
      if (address !== undefined) confirmed ??= confirmOnDevice(address);
    };
    const { code, stdout } = await person.run(['login', '--method', 'oidc', 'device=true'], '', told);
    await confirmed;
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/email\s+ada@example\.org/) });
  });

  it('on another device is waited for, and is the device that began', async () => {
    const begun = await ask('auth/oidc/oidc/device', { client_nonce: 'mine' });
    const { state, verification_uri_complete: address } = begun.body.data;
    const poll = (nonce: string) => ask('auth/oidc/oidc/poll', { state, client_nonce: nonce });
    expect(await poll('mine')).toEqual({ status: 400, body: { errors: ['authorization_pending'] } });
    await confirmOnDevice(address);
    expect((await poll('another')).status).toBe(403);
    expect(await poll('mine')).toMatchObject({ status: 200, body: { auth: { metadata: { email: 'ada@example.org' } } } });
    expect((await poll('mine')).status).toBe(403);
  });
});

/** What the page of the provider asks for: the code is there already, she says yes. */
async function confirmOnDevice(address: string): Promise<void> {
  const device = new Browser();
  let page = await device.open(address);
  for (let step = 0; step < 3 && page.text.includes('name="xsrf"'); step++) {
    const fields = [...page.text.matchAll(/<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g)];
    const form = new URLSearchParams(fields.map(([, name = '', value = '']): [string, string] => [name, value]));
    const action = /<form[^>]*action="([^"]+)"/.exec(page.text)?.[1] ?? page.url;
    page = await device.open(new URL(action, page.url).href, form);
  }
}

describe('an attacker', () => {
  const redirect_uri = `http://localhost:${PORT}/oidc/callback`;

  async function begin(more: object = {}) {
    const { status, body } = await ask('auth/oidc/oidc/auth_url', { redirect_uri, client_nonce: 'victim', ...more });
    return { status, address: String(body.data?.auth_url) };
  }

  /** Where the browser is sent back to: nobody listens there. */
  async function callback(address: string): Promise<URLSearchParams> {
    const stopped = await new Browser().open(address).catch(() => undefined);
    expect(stopped).toBeUndefined();
    return new URLSearchParams();
  }

  it.each([
    'https://evil.example/oidc/callback',
    'http://localhost.evil.example:8250/oidc/callback',
    'http://localhost:8250/oidc/callback/../other',
    'http://localhost:8250/oidc/callback?next=x',
    'http://user@localhost:8250/oidc/callback',
    'https://localhost:8250/oidc/callback',
    'http://127.0.0.1:8250/oidc/callback',
    'http://localhost:8250/oidc/callback#x',
    'javascript:alert(1)',
    '',
  ])('cannot have the code sent to %j', async (uri) => {
    expect((await begin({ redirect_uri: uri })).status).toBe(403);
  });

  it('asks the provider with a challenge and a nonce of the server', async () => {
    const { status, address } = await begin();
    expect(status).toBe(200);
    const query = new URL(address).searchParams;
    expect(query.get('code_challenge_method')).toBe('S256');
    expect(query.get('nonce')).toMatch(/^\w{32}$/);
    expect(query.get('scope')).toBe('openid profile');
    await callback(address);
  });

  it('cannot finish what another began, nor what nobody began', async () => {
    const { address } = await begin();
    const state = new URL(address).searchParams.get('state');
    for (const body of [
      { state, code: 'guessed', client_nonce: 'attacker' },
      { state, code: 'guessed' },
      { state, code: 'guessed', client_nonce: 'victim' },
      { state: 'guessed', code: 'guessed', client_nonce: 'victim' },
    ]) {
      expect(await ask('auth/oidc/oidc/callback', body)).toMatchObject({ status: 403, body: { errors: ['permission denied'] } });
    }
  });

  it('never reads the client secret', async () => {
    const answer = await fetch(`${server.url}/v1/auth/oidc/config`, { headers: { 'X-Vault-Token': rootToken } });
    const text = await answer.text();
    expect(text).toContain(provider.client.id);
    expect(text).not.toContain(provider.client.secret);
  });
});

it('the coverage table says of our command line what was done here', async () => {
  expect(await operate(['read', 'auth/oidc/role/people'])).toMatch(/owner\s+team-platform/);
  expect(await operate(['list', 'auth/oidc/role'])).toContain('people');
  await operate(['read', 'auth/oidc/config']);
  await operate(['delete', 'auth/oidc/role/people']);
  await operate(['delete', 'auth/oidc/config']);
  expect(differences('watchword', await performed(server.url, rootToken), 'oidc.')).toEqual({ claimedOnly: [], unclaimed: [] });
});
