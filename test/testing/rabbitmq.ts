import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Daemon, daemonEnvironment, freePort, startDaemon, until } from './daemon.ts';

const run = promisify(execFile);
const READY_MS = 60_000;
const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server';

/** A real RabbitMQ with its management plugin, plain and with TLS, on the loopback interface. */
export interface Rabbitmq {
  readonly url: string;
  readonly tlsUrl: string;
  /** PEM of the only authority that vouches for it. */
  readonly tlsCa: string;
  readonly amqpPort: number;
  /** With every right. */
  readonly admin: Account;
  /** Of the management plugin, as its administrator: the status, and what was said. */
  ask(method: string, path: string, body?: object): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Everything that it has written to its logs, at its most talkative. */
  logs(): Promise<string>;
  /** As a power cut would. */
  kill(): Promise<void>;
  /** With everything that it knew. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface Account {
  readonly username: string;
  readonly password: string;
}

export async function startRabbitmq(): Promise<Rabbitmq> {
  const directory = await mkdtemp(join(tmpdir(), 'watchword-rabbitmq-'));
  const owner = await owned(directory);
  const admin = { username: 'watchword-admin', password: randomBytes(12).toString('base64url') };
  const ports = {
    amqp: await freePort(),
    plain: await freePort(),
    tls: await freePort(),
    names: await freePort(),
    nodes: await freePort(),
  };
  await certify(directory, owner);
  await writeFile(join(directory, 'rabbitmq.conf'), configuration(directory, ports, admin));
  await writeFile(join(directory, 'plugins'), '[rabbitmq_management].\n');
  const environment = environmentOf(directory, ports);
  const url = `http://127.0.0.1:${ports.plain}`;
  const ask = async (method: string, path: string, body?: object) => {
    const authorization = `Basic ${Buffer.from(`${admin.username}:${admin.password}`).toString('base64')}`;
    const answer = await fetch(`${url}/api/${path}`, {
      method,
      headers: { authorization },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
  const as = (program: string) => ['--reuid', owner, '--regid', owner, '--clear-groups', '--pdeathsig', 'KILL', program];
  // Started here, so that the node starts none that would outlive it.
  const names = startDaemon('setpriv', as('epmd'), { environment });
  let node: Daemon;
  const start = async () => {
    node = startDaemon('setpriv', as(SERVER), { environment, directory });
    await until(READY_MS, async () => (await ask('GET', 'overview')).status === 200, node.output);
  };
  const stop = async () => {
    // It takes six seconds to end in peace, and there is nothing to keep.
    await node?.stop('SIGKILL');
    await names.stop('SIGKILL');
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw new Error('RabbitMQ did not start', { cause: error });
  }
  return {
    url,
    tlsUrl: `https://127.0.0.1:${ports.tls}`,
    tlsCa: await readFile(join(directory, 'cert.pem'), 'utf8'),
    amqpPort: ports.amqp,
    admin,
    ask,
    async logs() {
      const files = (await readdir(directory)).filter((name) => name.endsWith('.log'));
      const texts = await Promise.all(files.map((name) => readFile(join(directory, name), 'utf8')));
      return [...texts, node.output()].join('\n');
    },
    kill: () => node.stop('SIGKILL'),
    restart: start,
    stop,
  };
}

type Ports = Readonly<Record<'amqp' | 'plain' | 'tls' | 'names' | 'nodes', number>>;

/** The package's user, since it does not like to be root. */
async function owned(directory: string): Promise<string> {
  if (process.getuid?.() !== 0) return String(process.getuid?.());
  const { stdout } = await run('id', ['-u', 'rabbitmq']);
  await chown(directory, Number(stdout), Number(stdout));
  await chmod(directory, 0o700);
  return stdout.trim();
}

async function certify(directory: string, owner: string): Promise<void> {
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const names = ['-subj', '/CN=rabbitmq', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await run('openssl', ['req', '-x509', ...curve, '-days', '2', ...names, '-keyout', key, '-out', cert]);
  if (process.getuid?.() === 0) await chown(key, Number(owner), Number(owner));
}

function configuration(directory: string, ports: Ports, admin: Account): string {
  return [
    `listeners.tcp.1 = 127.0.0.1:${ports.amqp}`,
    'management.tcp.ip = 127.0.0.1',
    `management.tcp.port = ${ports.plain}`,
    'management.ssl.ip = 127.0.0.1',
    `management.ssl.port = ${ports.tls}`,
    `management.ssl.certfile = ${join(directory, 'cert.pem')}`,
    `management.ssl.keyfile = ${join(directory, 'key.pem')}`,
    `default_user = ${admin.username}`,
    `default_pass = ${admin.password}`,
    'log.console = false',
    'log.file.level = debug',
    '',
  ].join('\n');
}

function environmentOf(directory: string, { names, nodes }: Ports): Record<string, string> {
  return daemonEnvironment({
    HOME: directory,
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_EPMD_PORT: String(names),
    ERL_CRASH_DUMP_SECONDS: '0',
    RABBITMQ_DIST_PORT: String(nodes),
    RABBITMQ_NODENAME: 'watchword@localhost',
    RABBITMQ_MNESIA_BASE: join(directory, 'data'),
    RABBITMQ_LOG_BASE: directory,
    RABBITMQ_CONFIG_FILE: join(directory, 'rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, 'plugins'),
    RABBITMQ_PID_FILE: join(directory, 'pid'),
    // Makes the script become the broker, which then ends with whoever started it. Nothing is put in, though.
    RABBITMQ_ALLOW_INPUT: '1',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-noinput +S 1:1',
  });
}
