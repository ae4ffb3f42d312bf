import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import {
  extension,
  generalName,
  makeAuthority,
  makeCertificate,
  purposes,
} from '../../src/identity/x509/testing/certificate-writer.ts';
import { type Daemon, daemonEnvironment, freePort, NOBODY, startDaemon, until } from './daemon.ts';

const run = promisify(execFile);
const READY_MS = 20_000;
const HOST = '127.0.0.1';

export interface PostgresqlLogin {
  readonly username: string;
  readonly password: string;
}

/** A real PostgreSQL on the loopback interface, with and without TLS, that writes every statement into its log. */
export interface PostgresqlServer {
  readonly port: number;
  /** PEM of the authority that its certificate (127.0.0.1, localhost) comes from. */
  readonly ca: string;
  /** The superuser. */
  readonly admin: PostgresqlLogin;
  /** As the superuser: one statement with parameters, or several without. */
  query(text: string, parameters?: readonly unknown[], database?: string): Promise<readonly Record<string, unknown>[]>;
  /** A session of the official driver. Ending it is the caller's. */
  connect(login: PostgresqlLogin, database?: string): Promise<pg.Client>;
  /** Runs a statement with the official client; rejects where that fails. */
  psql(login: PostgresqlLogin, statement: string, database?: string): Promise<string>;
  /** Everything that it has logged. */
  log(): Promise<string>;
  /** Sessions are cut; the port stays. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** @param programs the folder with `initdb` and `postgres` @throws Error with what it printed when it does not serve in time */
export async function startPostgresql(programs: string): Promise<PostgresqlServer> {
  const directory = await mkdtemp(join(tmpdir(), 'watchword-postgresql-'));
  const [port, admin] = [await freePort(), { username: 'postgres', password: randomBytes(16).toString('hex') }];
  const ca = await prepare(directory, programs, { port, password: admin.password });
  let daemon = start(directory, programs);
  const connect = async (login: PostgresqlLogin, database = 'postgres') => {
    const client = new pg.Client({ host: HOST, port, database, user: login.username, password: login.password });
    // Sessions are ended on purpose here: whoever uses one learns it from the next statement.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const query: PostgresqlServer['query'] = async (text, parameters, database) => {
    const client = await connect(admin, database);
    try {
      return (await client.query(text, parameters as unknown[])).rows ?? [];
    } finally {
      await client.end();
    }
  };
  const ready = () => until(READY_MS, async () => (await query('SELECT 1')).length === 1, daemon.output);
  const server: PostgresqlServer = {
    port,
    ca,
    admin,
    query,
    connect,
    async psql({ username, password }, statement, database = 'postgres') {
      const words = ['--no-psqlrc', '--tuples-only', '--no-align', '--set=ON_ERROR_STOP=1', `--command=${statement}`];
      const uri = `postgresql://${username}@${HOST}:${port}/${database}`;
      return (await run('psql', [...words, uri], { env: daemonEnvironment({ PGPASSWORD: password }) })).stdout.trim();
    },
    log: () => readFile(join(directory, 'data/log/server.log'), 'utf8'),
    async restart() {
      await end(daemon);
      daemon = start(directory, programs);
      await ready();
    },
    async stop() {
      await end(daemon);
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

/** It refuses to be root. */
const asSomebody = process.getuid?.() === 0 ? [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'] : [];

/** The kernel forgets who is to be ended with its parent when the user changes: so it is told again. */
const start = (directory: string, programs: string): Daemon =>
  startDaemon('setpriv', [...asSomebody, '--pdeathsig=KILL', join(programs, 'postgres'), '-D', join(directory, 'data')]);

/** SIGINT ends the sessions; SIGTERM would wait for them. */
async function end(daemon: Daemon): Promise<void> {
  daemon.process.kill('SIGINT');
  await daemon.stop();
}

interface Prepared {
  readonly port: number;
  readonly password: string;
}

/** Makes the folder of the data. Gives the authority of the certificate. */
async function prepare(directory: string, programs: string, { port, password }: Prepared): Promise<string> {
  const data = join(directory, 'data');
  const passwordFile = join(directory, 'password');
  await writeFile(passwordFile, password);
  if (asSomebody.length > 0) for (const file of [directory, passwordFile]) await chown(file, NOBODY, NOBODY);
  const words = ['--username=postgres', '--auth=scram-sha-256', '--no-sync', '--no-locale', '--encoding=UTF8'];
  const initdb = [join(programs, 'initdb'), ...words, `--pwfile=${passwordFile}`, `--pgdata=${data}`];
  await run('setpriv', [...asSomebody, ...initdb], { env: daemonEnvironment(), cwd: directory });
  const now = Date.now();
  const authority = makeAuthority('PostgreSQL tests', now);
  const names = extension.names(generalName.address(127, 0, 0, 1), generalName.dns('localhost'));
  const extensions = [extension.noAuthority(), extension.purposes(purposes.server), names];
  const { pem, keyPem } = makeCertificate({ subject: [['CN', 'localhost']], extensions }, now, authority);
  const files = {
    'server.crt': pem,
    'server.key': keyPem,
    'pg_hba.conf': `local all all scram-sha-256\nhost all all ${HOST}/32 scram-sha-256\n`,
    'postgresql.auto.conf': configuration(directory, port),
  };
  for (const [name, content] of Object.entries(files)) {
    const file = join(data, name);
    await writeFile(file, content, { mode: 0o600 });
    if (asSomebody.length > 0) await chown(file, NOBODY, NOBODY);
  }
  return authority.pem;
}

const configuration = (directory: string, port: number): string => `listen_addresses = '${HOST}'
port = ${port}
unix_socket_directories = '${directory}'
ssl = on
password_encryption = 'scram-sha-256'
max_connections = 60
max_prepared_transactions = 10
shared_buffers = '16MB'
fsync = off
logging_collector = on
log_filename = 'server.log'
log_statement = 'all'
log_error_verbosity = verbose
log_connections = on
`;
