import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { selfSigned } from '../../src/api/middleware/testing/self-signed.ts';
import { type Daemon, daemonEnvironment, freePort, NOBODY, startDaemon, until } from './daemon.ts';

const run = promisify(execFile);
const READY_MS = 30_000;

/** A real server of its own on the loopback interface, with TLS, a general log and a binary log. */
export interface Mariadb {
  readonly port: number;
  readonly socket: string;
  /** PEM of the authority of its certificate, which is for `localhost`. */
  readonly ca: string;
  /** As root, by the client `mariadb`. Gives what it prints. */
  sql(text: string): Promise<string>;
  /** Everything that the server has written down about statements. */
  logs(): Promise<string>;
  /** Ends the server and starts it anew, with the same data. */
  restart(): Promise<void>;
  /** The process stays and answers nothing, or goes on. */
  freeze(frozen: boolean): void;
  stop(): Promise<void>;
}

export async function startMariadb(): Promise<Mariadb> {
  const directory = await mkdtemp(join(tmpdir(), 'watchword-mariadb-'));
  const socket = join(directory, 'socket');
  const port = await freePort();
  const { key, cert } = selfSigned();
  await install(directory, { key, cert });
  const words = serverWords(directory, port);
  const sql = async (text: string) =>
    (await run('mariadb', ['--no-defaults', `--socket=${socket}`, '--user=root', '--batch', '--skip-column-names', '-e', text]))
      .stdout;
  let daemon: Daemon = startDaemon('setpriv', words);
  const ready = () =>
    until(
      READY_MS,
      async () => (await sql('SELECT 1')).trim() === '1',
      () => daemon.output(),
    );
  const stop = async () => {
    daemon.process.kill('SIGCONT');
    await daemon.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await ready();
    // What the installation brings along, and no server should keep.
    const anonymous = await sql(
      "SELECT CONCAT('DROP USER ', QUOTE(User), '@', QUOTE(Host), ';') FROM mysql.user WHERE User = ''",
    );
    await sql(anonymous);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    socket,
    ca: cert,
    sql,
    async logs() {
      const read = async (file: string) =>
        (await readFile(join(directory, file)).catch(() => Buffer.alloc(0))).toString('latin1');
      return (await Promise.all(['general.log', 'binary.000001', 'binary.000002', 'error.log'].map(read))).join('\n');
    },
    async restart() {
      await daemon.stop('SIGKILL');
      daemon = startDaemon('setpriv', words);
      await ready();
    },
    freeze: (frozen) => void daemon.process.kill(frozen ? 'SIGSTOP' : 'SIGCONT'),
    stop,
  };
}

async function install(directory: string, { key, cert }: { readonly key: string; readonly cert: string }): Promise<void> {
  await chmod(directory, 0o755);
  const data = join(directory, 'data');
  await mkdir(data);
  await writeFile(join(directory, 'key.pem'), key);
  await writeFile(join(directory, 'cert.pem'), cert);
  const root = process.getuid?.() === 0;
  const words = ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', '--force'];
  if (root) {
    await chown(directory, NOBODY, NOBODY);
    words.push('--user=nobody');
  }
  await run('mariadb-install-db', words, { env: daemonEnvironment() });
}

function serverWords(directory: string, port: number): string[] {
  const file = (name: string) => join(directory, name);
  const user = process.getuid?.() === 0 ? [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];
  return [
    ...user,
    '--pdeathsig=KILL',
    'mariadbd',
    '--no-defaults',
    `--datadir=${file('data')}`,
    `--socket=${file('socket')}`,
    `--pid-file=${file('pid')}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    `--ssl-cert=${file('cert.pem')}`,
    `--ssl-key=${file('key.pem')}`,
    '--general-log',
    `--general-log-file=${file('general.log')}`,
    `--log-bin=${file('binary')}`,
    '--binlog-format=STATEMENT',
    `--log-error=${file('error.log')}`,
    '--innodb-buffer-pool-size=16M',
    '--innodb-flush-log-at-trx-commit=0',
    '--performance-schema=on',
    '--max-connections=64',
  ];
}

/** One session of the client `mariadb`, which stays open. */
export interface MariadbSession {
  /** Runs a statement that gives rows. Rejects where it can't. */
  ask(text: string): Promise<void>;
  /** Sends a statement, and waits for nothing. */
  send(text: string): void;
  close(): Promise<void>;
}

/** Logs in by the client `mariadb`. Rejects where it is not let in. */
export async function logInToMariadb(port: number, username: string, password: string): Promise<MariadbSession> {
  const words = [
    '--no-defaults',
    '--host=127.0.0.1',
    `--port=${port}`,
    `--user=${username}`,
    '--batch',
    '--unbuffered',
    '--skip-column-names',
  ];
  const child = spawn('mariadb', words, { env: daemonEnvironment({ MYSQL_PWD: password }) });
  const session = sessionOf(child);
  await session.ask('SELECT 1');
  return session;
}

function sessionOf(child: ChildProcess): MariadbSession {
  let [printed, complaint] = ['', ''];
  let look = () => {};
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    look();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  child.stdin?.on('error', () => {});
  const gone = once(child, 'exit');
  return {
    send: (text) => void child.stdin?.write(`${text};\n`),
    async ask(text) {
      const mark = `mark-${randomBytes(6).toString('hex')}`;
      const answered = new Promise<void>((resolve) => {
        look = () => {
          if (printed.includes(mark)) resolve();
        };
      });
      child.stdin?.write(`${text}; SELECT '${mark}';\n`);
      await Promise.race([
        answered,
        gone.then(() => {
          throw new Error(`the client ended: ${complaint}`);
        }),
      ]);
    },
    async close() {
      child.stdin?.end();
      child.kill('SIGTERM');
      await gone;
    },
  };
}
