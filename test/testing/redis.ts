import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import {
  extension,
  generalName,
  makeAuthority,
  makeCertificate,
  purposes,
} from '../../src/identity/x509/testing/certificate-writer.ts';
import { type Daemon, daemonEnvironment, freePort, NOBODY, startDaemon, until } from './daemon.ts';

const run = promisify(execFile);
const READY_MS = 15_000;
const ANSWER_MS = 5_000;
const HOST = '127.0.0.1';

export interface RedisLogin {
  readonly username: string;
  readonly password: string;
}

/** One connection of redis-cli that stays. */
export interface RedisCli {
  /** One line of an answer; rejects for none in time. */
  ask(command: string): Promise<string>;
  /** Every line from now on. */
  lines(): readonly string[];
  close(): Promise<void>;
}

/** A real Redis over TLS alone, that keeps its users in a file. Nobody is `default`. */
export interface RedisServer {
  readonly port: number;
  /** PEM of the authority that its certificate (127.0.0.1, localhost) comes from. */
  readonly ca: string;
  /** May do everything. */
  readonly root: RedisLogin;
  /** What the documentation says of the configured account. */
  readonly admin: RedisLogin;
  /** May ask for no user. */
  readonly powerless: RedisLogin;
  /** Once, by redis-cli; rejects where the server says no. */
  command(login: RedisLogin, ...words: readonly string[]): Promise<string>;
  open(login: RedisLogin): RedisCli;
  /** What it has printed, and its file of users. */
  log(): string;
  aclFile(): Promise<string>;
  /** Until it is called with false: the file of users can't be written. */
  breakSaving(broken: boolean): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const newLogin = (username: string): RedisLogin => ({ username, password: randomBytes(16).toString('hex') });

/** @param keepsUsers false: there is no aclfile, and users are those of the configuration @throws Error with what it printed */
export async function startRedis({ keepsUsers = true } = {}): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'watchword-redis-'));
  const users = join(directory, 'users');
  const logins = { root: newLogin('root'), admin: newLogin('watchword'), powerless: newLogin('powerless') };
  const port = await freePort();
  const ca = await prepare(directory, { port, keepsUsers, ...logins });
  const cli = ['-h', HOST, '-p', String(port), '--tls', '--cacert', join(directory, 'ca.pem')];
  let daemon = start(directory);
  const command: RedisServer['command'] = async ({ username, password }, ...words) => {
    const env = daemonEnvironment({ REDISCLI_AUTH: password });
    const { stdout, stderr } = await run('redis-cli', [...cli, '-e', '--user', username, ...words], { env });
    if (/AUTH failed/.test(stderr)) throw new Error(stderr);
    return stdout.trim();
  };
  const ready = () => until(READY_MS, async () => (await command(logins.root, 'PING')) === 'PONG', daemon.output);
  const server: RedisServer = {
    port,
    ca,
    ...logins,
    command,
    open: (login) => openCli(cli, login),
    log: () => daemon.output(),
    aclFile: () => readFile(join(users, 'users.acl'), 'utf8'),
    async breakSaving(broken) {
      await (broken ? rename(users, `${users}.away`) : rename(`${users}.away`, users));
    },
    async restart() {
      await daemon.stop();
      daemon = start(directory);
      await ready();
    },
    async stop() {
      await daemon.stop('SIGKILL');
      await rm(directory, { recursive: true, force: true });
    },
  };
  try {
    await ready();
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function start(directory: string): Daemon {
  const asNobody = process.getuid?.() === 0 ? [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];
  // The kernel forgets who is to be ended with its parent when the user changes: so it is told again.
  return startDaemon('setpriv', [...asNobody, '--pdeathsig=KILL', 'redis-server', join(directory, 'redis.conf')]);
}

interface Wanted {
  readonly port: number;
  readonly keepsUsers: boolean;
  readonly root: RedisLogin;
  readonly admin: RedisLogin;
  readonly powerless: RedisLogin;
}

async function prepare(directory: string, { port, keepsUsers, root, admin, powerless }: Wanted): Promise<string> {
  const now = Date.now();
  const authority = makeAuthority('Redis tests', now);
  const names = extension.names(generalName.address(127, 0, 0, 1), generalName.dns('localhost'));
  const extensions = [extension.noAuthority(), extension.purposes(purposes.server), names];
  const served = makeCertificate({ subject: [['CN', 'localhost']], extensions }, now, authority);
  const rule = ({ username, password }: RedisLogin, rights: string) =>
    `user ${username} on #${createHash('sha256').update(password).digest('hex')} resetchannels ${rights}`;
  const users = [
    'user default off resetchannels -@all',
    rule(root, '~* &* +@all'),
    rule(admin, 'resetkeys -@all +acl'),
    rule(powerless, '~* -@all +get'),
  ];
  const file = (name: string) => join(directory, name);
  await mkdir(file('users'));
  const settings = [
    `bind ${HOST}`,
    'port 0',
    `tls-port ${port}`,
    `tls-cert-file ${file('cert.pem')}`,
    `tls-key-file ${file('key.pem')}`,
    `tls-ca-cert-file ${file('ca.pem')}`,
    'tls-auth-clients no',
    `dir ${directory}`,
    'save ""',
    'loglevel debug',
    ...(keepsUsers ? [`aclfile ${file('users/users.acl')}`] : users),
  ];
  await writeFile(file('redis.conf'), `${settings.join('\n')}\n`);
  await writeFile(file('users/users.acl'), `${users.join('\n')}\n`);
  await writeFile(file('ca.pem'), authority.pem);
  await writeFile(file('cert.pem'), served.pem);
  await writeFile(file('key.pem'), served.keyPem);
  if (process.getuid?.() === 0) await run('chown', ['-R', `${NOBODY}:${NOBODY}`, directory]);
  return authority.pem;
}

/** It may connect again by itself, with the same credential: one that is good no longer is told so. */
function openCli(cli: readonly string[], { username, password }: RedisLogin): RedisCli {
  const child = spawn('redis-cli', [...cli, '--user', username], { env: daemonEnvironment({ REDISCLI_AUTH: password }) });
  const said: string[] = [];
  let heard = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (line !== '') said.push(line);
      heard.resolve();
    });
  }
  child.stdin.on('error', () => undefined);
  child.on('error', () => undefined);
  return {
    lines: () => said,
    async ask(command) {
      const from = said.length;
      const late = AbortSignal.timeout(ANSWER_MS);
      child.stdin.write(`${command}\n`);
      while (said.length === from) {
        heard = Promise.withResolvers<void>();
        late.addEventListener('abort', () => heard.reject(new Error('redis-cli does not answer')), { once: true });
        await heard.promise;
      }
      return said[from] ?? '';
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
