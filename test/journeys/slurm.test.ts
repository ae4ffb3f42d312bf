import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type RunningServer, startServer } from '../testing/server.ts';
import { type Slurm, startSlurm } from '../testing/slurm.ts';
import { differences, performed } from '../wire/driven.ts';
import { atTheShell, type Person } from './command-line.ts';

const launcher = join(import.meta.dirname, '../../bin/watchword');
const { slurm: available } = inject('services');

describe.skipIf(!available)('a job of a real SLURM cluster', () => {
  let directory: string;
  let slurm: Slurm;
  let server: RunningServer;
  let agent: ChildProcess;
  let operator: Person;
  let said = '';
  let rootToken: string;

  async function ask(path: string, { body, token = rootToken }: { body?: object; token?: string } = {}) {
    const answer = await fetch(`${server.url}/v1/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Vault-Token': token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : JSON.parse(text) };
  }

  /** The operator's command line, which must succeed. */
  async function operate(words: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await operator.run(words, input);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return stdout;
  }

  const socket = () => join(directory, 'agent.sock');

  async function startAgent(): Promise<void> {
    const words = ['slurm-agent', 'run', '--address', server.url, '--cluster', slurm.cluster, '--audience', 'watchword-alpha'];
    const files = ['--key-file', join(directory, 'slurm.pem'), '--state-file', join(directory, 'jobs.json')];
    const sockets = ['--socket', socket(), '--munge-socket', slurm.mungeSocket, '--poll', '1'];
    const env = { PATH: process.env['PATH'], HOME: directory, ...slurm.environment };
    agent = spawn(process.execPath, [launcher, ...words, ...files, ...sockets], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const listening = new Promise<void>((resolve, reject) => {
      agent.stdout?.setEncoding('utf8').on('data', (text: string) => text.includes('listens at') && resolve());
      agent.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      agent.once('exit', (code) => reject(new Error(`the agent ended with ${code}: ${said}`)));
    });
    await listening;
  }

  async function stopAgent(): Promise<void> {
    const gone = once(agent, 'exit');
    agent.kill('SIGTERM');
    expect(await gone).toEqual([0, null]);
  }

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'watchword-agent-'));
    // Every user of a node may reach its agent.
    await chmod(directory, 0o755);
    [slurm, server] = await Promise.all([startSlurm(), startServer()]);
    rootToken = await server.rootToken();
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    await writeFile(join(directory, 'slurm.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' });
    operator = await atTheShell({ WATCHWORD_ADDR: server.url, WATCHWORD_TOKEN: rootToken });
    await operate(['write', 'sys/auth/slurm', 'type=slurm']);
    const settings = ['cluster=alpha', 'audience=watchword-alpha', 'agent_keys=-'];
    await operate(['write', 'auth/slurm/config', ...settings], String(pem));
    const policy = 'path "secret/data/features" { capabilities = ["read"] }';
    expect((await ask('sys/policies/acl/features', { body: { policy } })).status).toBe(204);
    await operate(['write', 'auth/slurm/role/train', 'bound_accounts=vision', 'token_policies=features', 'owner=team-vision']);
    await ask('secret/data/features', { body: { data: { bucket: 'features-eu' } } });
    await startAgent();
  });

  afterAll(async () => {
    if (agent?.exitCode === null) await stopAgent();
    expect(await server?.stop()).toBe(0);
    await slurm?.stop();
    await operator?.[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  });

  /** A job that logs in, and then trains for a while. What it got or was told lies in a file. */
  async function logInAsJob(name: string, { account = 'vision', role = 'train', id = '$SLURM_JOB_ID' } = {}) {
    const settings = {
      HOME: slurm.directory,
      PATH: process.env['PATH'],
      WATCHWORD_ADDR: server.url,
      WATCHWORD_SLURM_SOCKET: socket(),
      WATCHWORD_MUNGE_SOCKET: slurm.mungeSocket,
    };
    const exports = Object.entries(settings).map(([key, value]) => `export ${key}='${value}'`);
    const words = `login --method slurm --role ${role} --no-store --print-token`;
    const [out, err] = [join(slurm.directory, `${name}.out`), join(slurm.directory, `${name}.err`)];
    const login = `SLURM_JOB_ID=${id} '${process.execPath}' '${launcher}' ${words} > '${out}' 2> '${err}'; echo $? > '${out}.code'`;
    const job = await slurm.submit([...exports, login, 'sleep 60'].join('\n'), { account });
    const code = await appeared(`${out}.code`);
    return { job, code: Number(code), token: (await readFile(out, 'utf8')).trim(), error: await readFile(err, 'utf8') };
  }

  async function appeared(file: string): Promise<string> {
    for (let i = 0; i < 200; i++) {
      const text = await readFile(file, 'utf8').catch(() => '');
      if (text.endsWith('\n')) return text;
      await pause(100);
    }
    throw new Error(`the job did not log in within 20 seconds: ${said}`);
  }

  async function tokenEnds(token: string): Promise<boolean> {
    for (let i = 0; i < 100; i++) {
      if ((await ask('auth/token/lookup-self', { token })).status === 403) return true;
      await pause(100);
    }
    return false;
  }

  it('logs in without a password, reads what its role says, and loses its token when it ends', async () => {
    const { job, code, token, error } = await logInAsJob('first');
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(await ask('secret/data/features', { token })).toMatchObject({ body: { data: { data: { bucket: 'features-eu' } } } });
    expect((await ask('secret/data/other', { token })).status).toBe(403);
    const { data } = (await ask('auth/token/lookup-self', { token })).body;
    expect(data.meta).toMatchObject({
      cluster: 'alpha',
      job_id: String(job),
      user: 'nobody',
      account: 'vision',
      partition: 'gpu',
    });
    expect(data.ttl).toBeLessThanOrEqual(300);
    await slurm.cancel(job);
    expect(await tokenEnds(token)).toBe(true);
  });

  it('of another account is refused, and the log says why', async () => {
    const { job, code, error } = await logInAsJob('second', { account: 'speech' });
    await slurm.cancel(job);
    expect({ code, error }).toEqual({ code: 1, error: expect.stringMatching(/permission denied/i) });
    const audit = join(server.dataDirectory, 'audit');
    const logs = await Promise.all((await readdir(audit)).map((file) => readFile(join(audit, file), 'utf8').catch(() => '')));
    expect(logs.join('')).toContain('"status_detail":"slurm.account"');
  });

  it('cannot pass itself off as a job of root', async () => {
    const roots = await slurm.submit('sleep 60', { user: 0 });
    await slurm.waitFor(roots, 'RUNNING');
    const { job, code, error } = await logInAsJob('third', { id: String(roots) });
    await slurm.cancel(job);
    await slurm.cancel(roots);
    expect({ code, error }).toMatchObject({ error: expect.stringContaining('another user') });
    expect(code).not.toBe(0);
  });

  it('keeps nothing when its end falls into a restart of the agent', async () => {
    const { job, code, token } = await logInAsJob('fourth');
    expect(code).toBe(0);
    await stopAgent();
    await slurm.cancel(job);
    expect((await ask('auth/token/lookup-self', { token })).status).toBe(200);
    await startAgent();
    expect(await tokenEnds(token)).toBe(true);
  });

  it('is covered as the coverage table says', async () => {
    expect(await operate(['read', 'auth/slurm/role/train'])).toMatch(/owner\s+team-vision/);
    expect(await operate(['list', 'auth/slurm/role'])).toContain('train');
    await operate(['read', 'auth/slurm/config']);
    await operate(['delete', 'auth/slurm/role/train']);
    await operate(['delete', 'auth/slurm/config']);
    expect(differences('watchword', await performed(server.url, rootToken), 'slurm.')).toEqual({
      claimedOnly: [],
      unclaimed: [],
    });
  });
});
