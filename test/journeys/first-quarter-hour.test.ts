import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../testing/server.ts';
import { atTheShell, type Finished, type Person } from './command-line.ts';

/** Built at run time: what somebody's project really holds. */
const providerKey = `key-${randomBytes(24).toString('hex')}`;
const databasePassword = `p@ss "quoted" ${randomBytes(12).toString('hex')}`;

const reader = `path "secret/data/imported/+/*" { capabilities = ["read"] }
path "secret/data/imported/*" { capabilities = ["read"] }
path "secret/metadata/imported/*" { capabilities = ["read", "list"] }`;

let server: RunningServer;
let operator: Person;

async function succeeds(outcome: Promise<Finished>): Promise<string> {
  const { code, stdout, stderr } = await outcome;
  expect(stderr).not.toMatch(/Error/);
  expect(code).toBe(0);
  return stdout;
}

beforeAll(async () => {
  server = await startServer();
  operator = await atTheShell({ WATCHWORD_ADDR: server.url });
});

afterAll(async () => {
  await operator?.[Symbol.asyncDispose]();
  expect(await server?.stop()).toBe(0);
});

describe('the first quarter of an hour', () => {
  it('begins with a token that is in a file and nowhere else', async () => {
    const token = await server.rootToken();
    expect(server.output()).not.toContain(token);
    expect((await stat(join(server.dataDirectory, 'root-token'))).mode & 0o777).toBe(0o600);
    expect((await stat(server.dataDirectory)).mode & 0o777).toBe(0o700);
    expect(await readFile(join(server.dataDirectory, '.gitignore'), 'utf8')).toBe('*\n');
    await succeeds(operator.run(['login', `@${join(server.dataDirectory, 'root-token')}`]));
  });

  it('imports the .env of a project, says what went where and prints no value', async () => {
    const lines = ['# provider', `export OPENAI_API_KEY=${providerKey}`, `DB_PASSWORD='${databasePassword}'`, 'DEBUG=false', ''];
    await writeFile(join(operator.home, '.env'), lines.join('\n'));
    const words = ['import', '.env', '--path', 'imported/vision', '--owner', 'ada@example.org'];
    const report = await succeeds(operator.run(words));
    expect(report).toContain('secret/imported/vision');
    for (const value of [providerKey, databasePassword]) expect(report).not.toContain(value);
    expect(await succeeds(operator.run([...words]))).toMatch(/unchanged/i);
    expect(await succeeds(operator.run(['kv', 'get', '-field=OPENAI_API_KEY', 'secret/imported/vision']))).toBe(providerKey);
    expect(await succeeds(operator.run(['kv', 'get', '-field=DB_PASSWORD', 'secret/imported/vision']))).toBe(databasePassword);
    expect(await succeeds(operator.run(['kv', 'metadata', 'get', 'secret/imported/vision']))).toContain('ada@example.org');
  });

  it('gives a training job a token that reads its secrets and nothing else', async () => {
    await succeeds(operator.run(['policy', 'write', 'vision-reader', '-'], reader));
    const made = await succeeds(operator.run(['token', 'create', '-policy=vision-reader', '-ttl=1h', '--json']));
    const token = (JSON.parse(made) as { auth: { client_token: string } }).auth.client_token;
    await using job = await atTheShell({ VAULT_ADDR: server.url, VAULT_TOKEN: token });
    expect(await succeeds(job.run(['kv', 'get', '-field=OPENAI_API_KEY', 'secret/imported/vision']))).toBe(providerKey);
    const refused = await job.run(['kv', 'put', 'secret/imported/vision', 'x=y']);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect((await job.run(['kv', 'get', 'secret/other'])).code).toBe(1);
  });

  it('shows each retrieval in a log that verifies without the server', async () => {
    const directory = join(server.dataDirectory, 'audit');
    const found = await succeeds(operator.run(['audit', 'search', '--operation', 'kv.read', '--dir', directory, '--json']));
    const events = found.trim().split('\n');
    expect(events.length).toBeGreaterThanOrEqual(3);
    expect(found).not.toContain(providerKey);
    expect(await succeeds(operator.run(['audit', 'verify', '--dir', directory]))).toMatch(/tail/i);
  });

  it('keeps everything over a restart', async () => {
    const { dataDirectory } = server;
    const token = await server.rootToken();
    server.process.kill('SIGTERM');
    await new Promise((resolve) => server.process.once('exit', resolve));
    server = await startServer({ dataDirectory });
    await using later = await atTheShell({ WATCHWORD_ADDR: server.url, WATCHWORD_TOKEN: token });
    expect(await succeeds(later.run(['kv', 'get', '-field=OPENAI_API_KEY', 'secret/imported/vision']))).toBe(providerKey);
    const status = await succeeds(later.run(['status']));
    expect(status).toContain('root token is alive');
  });

  it('refuses a second server on the same data with one line', async () => {
    const error = await startServer({ dataDirectory: server.dataDirectory }).then(
      () => undefined,
      (reason: Error) => reason.message,
    );
    expect(error).toMatch(/Another Watchword server uses this data directory/);
  });
});
