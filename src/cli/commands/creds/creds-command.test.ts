import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeServer, fakeServer, type Received, type Reply } from '../../testing/fake-server.ts';
import { type RunSettings, run } from '../../testing/memory-terminal.ts';

const issued = {
  lease_id: 'database/creds/training/l1',
  lease_duration: 3600,
  renewable: true,
  data: { username: 'ww_user', password: "it's\u001b" },
};

let server: FakeServer;
let respond: (request: Received) => Reply | undefined;
let directory: string;
beforeEach(async () => {
  respond = ({ url }) => (url.includes('/creds/') ? { body: issued } : undefined);
  server = await fakeServer((request) => respond(request));
  directory = mkdtempSync(join(tmpdir(), 'watchword-creds-'));
});
afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

const token = ['token', 'of', 'tests'].join('-');
const cli = (words: string[], settings: RunSettings = {}) =>
  run(words, { ...settings, env: { WATCHWORD_ADDR: server.address, WATCHWORD_TOKEN: token, ...settings.env } });

/** Runs with an open file, and gives what was written to it. */
async function intoFile(words: (fd: number) => string[]) {
  const file = join(directory, 'out');
  const fd = openSync(file, 'w');
  const result = await cli(words(fd));
  closeSync(fd);
  return { ...result, written: readFileSync(file, 'utf8') };
}

describe('creds', () => {
  it('shows a credential with its lease, and lets nothing in it steer the terminal', async () => {
    const { out } = await cli(['creds', 'database/training'], { isTerminal: true });
    expect(out).toMatch(/^password\s+it's\\x1b$/m);
    expect(out).toMatch(/^lease_duration\s+3600$/m);
    expect(server.received.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /v1/database/creds/training']);
  });

  it('gives one value, or all of it as JSON', async () => {
    expect((await cli(['creds', 'database/training', '-field=username'])).out).toBe('ww_user');
    expect(JSON.parse((await cli(['creds', 'database/training', '--json'])).out)).toEqual(issued);
  });

  it('sends what the engine asks for in the body', async () => {
    respond = () => ({ body: { data: { signed_key: 'k' } } });
    await cli(['creds', 'ssh/sign/dev', 'public_key=-', '--ttl', '10m'], { input: 'ssh-ed25519 AAAA' });
    expect(server.received[0]).toMatchObject({
      method: 'PUT',
      url: '/v1/ssh/sign/dev',
      body: { public_key: 'ssh-ed25519 AAAA', ttl: '10m' },
    });
  });

  it('sends the key by which the same request is done once', async () => {
    await cli(['creds', 'database/training', '--idempotency-key', 'run-7']);
    expect(server.received[0]?.headers['idempotency-key']).toBe('run-7');
    expect((await cli(['creds', 'database/training', '--idempotency-key', 'a\nb'])).code).toBe(2);
  });

  it('asks for a wrapped answer', async () => {
    respond = () => ({ body: { wrap_info: { token: 'w', ttl: 60 } } });
    expect((await cli(['creds', 'database/training', '--wrap-ttl', '60', '--field', 'wrapping_token'])).out).toBe('w');
    expect(server.received[0]?.headers['x-vault-wrap-ttl']).toBe('60');
  });

  it('asks nothing of the server for a role that leads elsewhere', async () => {
    for (const role of ['training', '../sys/seal', 'database/..']) expect((await cli(['creds', role])).code).toBe(2);
    expect(server.received).toEqual([]);
  });
});

describe('creds --dotenv', () => {
  it('writes to the file descriptor, and nothing to standard output', async () => {
    const { out, written } = await intoFile((fd) => ['creds', 'database/training', '--dotenv', String(fd)]);
    expect([out, written]).toEqual(['', `DB_USERNAME='ww_user'\nDB_PASSWORD="it's\u001b"\n`]);
  });

  it('names its variables as it is told', async () => {
    const { written } = await intoFile((fd) => ['creds', 'database/training', '--dotenv', String(fd), '--env-prefix', 'PG']);
    expect(written).toContain("PGUSERNAME='ww_user'");
    expect((await cli(['creds', 'database/training', '--dotenv', '1', '--env-prefix', 'a b'])).code).toBe(2);
  });

  it('asks for no credential that it could not write', async () => {
    for (const words of [['987'], ['0'], ['x'], ['1', '--json']]) {
      expect((await cli(['creds', 'database/training', '--dotenv', ...words])).code).toBe(2);
    }
    expect(server.received).toEqual([]);
  });

  it('gives back what no .env file can hold', async () => {
    respond = ({ url }) => (url.includes('/creds/') ? { body: { ...issued, data: { password: 'a\r' } } } : undefined);
    const { code, err, written } = await intoFile((fd) => ['creds', 'database/training', '--dotenv', String(fd)]);
    expect([code, written, err]).toEqual([2, '', expect.stringContaining('the value of DB_PASSWORD')]);
    expect(server.received[1]).toMatchObject({ url: '/v1/sys/leases/give-back', body: { lease_id: issued.lease_id } });
  });
});

describe('creds --exec', () => {
  it.each([
    [['--exec']],
    [['--exec', '--']],
    [['--exec', 'true']],
    [['--json', '--', 'true']],
    [['--exec', '--json', '--', 'true']],
  ])('takes a command behind --: %j', async (words) => {
    expect((await cli(['creds', 'database/training', ...words])).code).toBe(2);
    expect(server.received).toEqual([]);
  });

  it.skipIf(!existsSync('/dev/shm'))('takes the words of the command as they are', async () => {
    const out = join(directory, 'out');
    const program = 'require("fs").writeFileSync(process.argv[1], JSON.stringify(process.argv.slice(2)))';
    const words = ['-field=x', '--ttl', 'a=b', '--', '-o=true'];
    const { code } = await cli([
      'creds',
      'database/training',
      'x=y',
      '--exec',
      '--',
      process.execPath,
      '-e',
      program,
      '--',
      out,
      ...words,
    ]);
    expect([code, JSON.parse(readFileSync(out, 'utf8'))]).toEqual([0, words]);
    expect(server.received[0]).toMatchObject({ method: 'PUT', body: { x: 'y' } });
    expect(server.received.at(-1)?.url).toBe('/v1/sys/leases/give-back');
  });

  it.skipIf(!existsSync('/dev/shm'))("uses shared memory where the session's own folder is not in memory", async () => {
    const out = join(directory, 'out');
    const program = 'require("fs").writeFileSync(process.argv[1], process.env.WATCHWORD_CREDENTIALS_FILE)';
    await cli(['creds', 'database/training', '--exec', '--', process.execPath, '-e', program, out], {
      env: { XDG_RUNTIME_DIR: '/proc' },
    });
    expect(readFileSync(out, 'utf8')).toMatch(/^\/dev\/shm\/watchword-\w+\/credentials\.json$/);
  });
});
