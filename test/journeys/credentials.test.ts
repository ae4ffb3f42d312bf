import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { type RedisLogin, type RedisServer, startRedis } from '../testing/redis.ts';
import { type RunningServer, startServer } from '../testing/server.ts';
import { atTheShell, type Person } from './command-line.ts';

const launcher = join(import.meta.dirname, '../../bin/watchword');
const run = promisify(execFile);

describe.skipIf(!inject('services').redis || !existsSync('/dev/shm'))('a job with a short-lived credential', () => {
  let redis: RedisServer;
  let server: RunningServer;
  let directory: string;
  let data: string;
  let memory: string;
  let operator: Person;
  let job: Person;
  let environment: Record<string, string>;

  async function operate(words: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await operator.run(words, input);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return stdout;
  }

  const users = async (): Promise<readonly string[]> =>
    (await redis.command(redis.root, 'ACL', 'USERS')).split('\n').filter((name) => name.startsWith('ww_'));

  async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
    for (let i = 0; i < 400; i++) {
      if (await condition()) return;
      await pause(50);
    }
    throw new Error('it did not become true within 20 seconds');
  }

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'watchword-journey-'));
    data = join(directory, 'data');
    [redis, server] = await Promise.all([startRedis(), startServer({ dataDirectory: data })]);
    await redis.command(redis.root, 'SET', 'features:answer', '42');
    operator = await atTheShell({ WATCHWORD_ADDR: server.url, WATCHWORD_TOKEN: await server.rootToken() });
    await writeFile(join(operator.home, 'ca.pem'), redis.ca);
    await operate(['write', 'sys/mounts/database', 'type=database']);
    const connection = ['plugin_name=redis-database-plugin', 'allowed_roles=*', 'host=127.0.0.1', `port=${redis.port}`];
    const account = ['tls=true', 'ca_cert=@ca.pem', `username=${redis.admin.username}`, 'password=-'];
    await operate(['write', 'database/config/features', ...connection, ...account], redis.admin.password);
    const rights = 'creation_statements=["~features:*", "+@read", "+@connection"]';
    await operate(['write', 'database/roles/training', 'db_name=features', rights, 'default_ttl=1h', 'max_ttl=24h']);
    await operate(['write', 'database/roles/brief', 'db_name=features', rights, 'default_ttl=3s', 'max_ttl=3s']);
    const policy = 'path "database/creds/*" { capabilities = ["read"] }';
    await operate(['policy', 'write', 'training', '-'], policy);
    const token = await operate(['token', 'create', '-policy=training', '-ttl=1h', '-orphan', '-field=token']);
    environment = { WATCHWORD_ADDR: server.url, WATCHWORD_TOKEN: token };
    job = await atTheShell(environment);
  }, 60_000);

  afterAll(async () => {
    await job?.[Symbol.asyncDispose]();
    await operator?.[Symbol.asyncDispose]();
    expect(await server?.stop()).toBe(0);
    await redis?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  beforeEach(() => {
    memory = mkdtempSync('/dev/shm/watchword-journey-');
  });
  afterEach(() => rmSync(memory, { recursive: true }));

  /** A shell script run with a credential. What it writes to `$1` is the `seen` of it. */
  function start(script: string, role = 'database/training') {
    const seen = join(directory, `seen-${Math.random()}`);
    const words = [launcher, 'creds', role, '--exec', '--', 'sh', '-c', script, 'sh', seen];
    const env = { PATH: process.env['PATH'], HOME: directory, XDG_RUNTIME_DIR: memory, ...environment };
    const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'inherit', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const ended = once(child, 'close').then(([code]) => code as number | null);
    return { child: child as ChildProcess, ended, said: () => said, seen };
  }

  /** Login in a file of credentials that a job copied. */
  const loginIn = (file: string): RedisLogin => JSON.parse(readFileSync(file, 'utf8'));
  const copied = (file: string) => until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('}\n'));
  const works = async (login: RedisLogin): Promise<boolean> =>
    redis.command(login, 'GET', 'features:answer').then(
      (answer) => answer === '42',
      () => false,
    );

  it('gets one, sees its lease, and gives it back without a right to take others back', async () => {
    const { stdout } = await job.run(['creds', 'database/training', '--json']);
    const { lease_id, data } = JSON.parse(stdout);
    expect(await works(data)).toBe(true);
    expect((await job.run(['lease', 'list'])).stdout).toMatch(new RegExp(`^${lease_id} +active +(1h|59m \\d+s) .*hard$`, 'm'));
    expect((await job.run(['lease', 'list', '--all'])).stderr).toContain('sudo');
    expect((await job.run(['lease', 'revoke', lease_id])).code).toBe(0);
    await until(async () => !(await works(data)));
  });

  it('takes it as .env through a file descriptor, and a shell reads it', async () => {
    const script = `env=$("$1" "$2" creds database/training --dotenv 3 3>&1 >/dev/null) && eval "$env" && printf '%s\\n%s' "$DB_USERNAME" "$DB_PASSWORD"`;
    const env = { PATH: process.env['PATH'], HOME: directory, ...environment };
    const { stdout } = await run('sh', ['-c', script, 'sh', process.execPath, launcher], { env });
    const [username = '', password = ''] = stdout.split('\n');
    expect(await works({ username, password })).toBe(true);
    await operate(['lease', 'revoke', '--prefix', 'database/creds/training', '--sync']);
    expect(await works({ username, password })).toBe(false);
  });

  it('runs with it, and nothing of it is left', async () => {
    const script = 'cp "$WATCHWORD_CREDENTIALS_FILE" "$1"; tr "\\0" "\\n" < /proc/$$/environ > "$1.environ"; exit 5';
    const { ended, seen, said } = start(script);
    expect([await ended, said()]).toEqual([5, '']);
    const login = loginIn(seen);
    expect(await readFile(`${seen}.environ`, 'utf8')).not.toContain(login.password);
    await until(async () => !(await users()).includes(login.username));
    expect(readdirSync(memory)).toEqual([]);
  });

  it('goes on with a new one when the longest life of the first is over; the first ends by itself', async () => {
    const script = 'for i in 1 2 3 4 5 6; do cp "$WATCHWORD_CREDENTIALS_FILE" "$1.$i"; sleep 1; done';
    const { ended, seen, said } = start(script, 'database/brief');
    expect([await ended, said()]).toEqual([0, '']);
    const names = [1, 2, 3, 4, 5, 6].map((i) => loginIn(`${seen}.${i}`).username);
    expect(new Set(names).size).toBeGreaterThan(1);
    await until(async () => (await users()).every((name) => !names.includes(name)));
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('that is ended by %s gives it back', async (signal, code) => {
    const { child, ended, seen, said } = start('cp "$WATCHWORD_CREDENTIALS_FILE" "$1"; exec sleep 60');
    await copied(seen);
    child.kill(signal);
    expect([await ended, said(), readdirSync(memory)]).toEqual([code, '', []]);
    await until(async () => !(await users()).includes(loginIn(seen).username));
  });

  it('that is interrupted while it is issued leaves nothing behind', async () => {
    for (const delay of [0, 100, 150, 200, 250, 300, 400]) {
      const { child, ended } = start('exec sleep 60');
      await pause(delay);
      child.kill('SIGINT');
      expect([130, null]).toContain(await ended);
      expect(readdirSync(memory)).toEqual([]);
    }
    await until(async () => (await users()).length === 0);
  });

  it('that is killed outright leaves a credential that ends by its time', async () => {
    const { child, ended, seen } = start('cp "$WATCHWORD_CREDENTIALS_FILE" "$1"; exec sleep 1', 'database/brief');
    await copied(seen);
    child.kill('SIGKILL');
    await ended;
    await until(async () => !(await users()).includes(loginIn(seen).username));
  });

  it('outlives a restart of the server, and says what happened', async () => {
    const script = 'while [ ! -e "$1.stop" ]; do cp "$WATCHWORD_CREDENTIALS_FILE" "$1.new"; mv "$1.new" "$1"; sleep 0.2; done';
    const { ended, seen, said } = start(script, 'database/brief');
    await copied(seen);
    const first = loginIn(seen).username;
    expect(await server.stop()).toBe(0);
    await until(() => said().includes('Trying on.'));
    server = await startServer({ dataDirectory: data, args: ['--port', new URL(server.url).port] });
    await until(() => said().includes('good again'));
    await until(() => loginIn(seen).username !== first);
    expect(await works(loginIn(seen))).toBe(true);
    await writeFile(`${seen}.stop`, '');
    expect(await ended).toBe(0);
    expect(said().split('\n')).toEqual([
      expect.stringMatching(/^watchword: The credential could not be renewed: .*ECONNREFUSED/),
      'watchword: The credential is good again.',
      '',
    ]);
    await until(async () => (await users()).length === 0);
  });

  it('is told what the configured account lacks, before anything fails', async () => {
    expect((await operator.run(['engine', 'test', 'database/features'])).code).toBe(0);
    await operate(
      ['write', 'database/config/features', `username=${redis.powerless.username}`, 'password=-', 'verify_connection=false'],
      redis.powerless.password,
    );
    const { code, stdout } = await operator.run(['engine', 'test', 'database/features']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: expect.stringMatching(/^Missing +What to do\n[\s\S]*ACL SETUSER/) });
  });
});
