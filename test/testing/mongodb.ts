import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Document, MongoClient } from 'mongodb';
import {
  extension,
  generalName,
  makeAuthority,
  makeCertificate,
  purposes,
} from '../../src/identity/x509/testing/certificate-writer.ts';
import { type Daemon, daemonEnvironment, freePort, startDaemon, until } from './daemon.ts';

const READY_MS = 30_000;
const HOST = '127.0.0.1';

export interface MongodbLogin {
  readonly username: string;
  readonly password: string;
  /** `admin` when nothing is said. */
  readonly db?: string;
}

/** Somebody who has logged in by pymongo, and stays. */
export interface MongodbSession {
  /** @throws Error with the server's number and words */
  ask(db: string, command: object): Promise<Document>;
  close(): Promise<void>;
}

/** A SecantusDB over TLS: it speaks MongoDB's protocol, and has its users and roles. It is not MongoDB. */
export interface MongodbServer {
  readonly port: number;
  /** PEM of the authority that its certificate (127.0.0.1) comes from. */
  readonly ca: string;
  /** May do everything. */
  readonly root: MongodbLogin;
  /** What the documentation says of the configured account. */
  readonly admin: MongodbLogin;
  /** May log in and read `features`. */
  readonly powerless: MongodbLogin;
  /** Rejects where the login is not good (any more). */
  open(login: MongodbLogin): Promise<MongodbSession>;
  /** Once, by a session of its own. */
  command(login: MongodbLogin, db: string, command: object): Promise<Document>;
  /** The end of what it has printed, with everything that it can be made to print. */
  log(): string;
  /** With everybody that it knew. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** As the page of the engine has them; `changeOwnPassword` is what SecantusDB asks for instead of `changePassword`. */
const ISSUER = {
  createRole: 'watchword',
  privileges: [
    {
      resource: { db: '', collection: '' },
      actions: ['createUser', 'dropUser', 'changePassword', 'grantRole', 'revokeRole', 'viewUser', 'changeOwnPassword'],
    },
    { resource: { db: 'admin', collection: 'system.users' }, actions: ['find'] },
    { resource: { cluster: true }, actions: ['killAnySession'] },
  ],
  roles: [],
};

const newLogin = (username: string): MongodbLogin => ({ username, password: randomBytes(16).toString('hex') });

/**
 * @param python an interpreter that imports SecantusDB and pymongo
 * @param asksWho false: it is open to everybody, as MongoDB comes
 * @throws Error with what it printed
 */
export async function startMongodb(python: string, { asksWho = true } = {}): Promise<MongodbServer> {
  const directory = await mkdtemp(join(tmpdir(), 'watchword-mongodb-'));
  const port = await freePort();
  const ca = await certify(directory);
  const logins = { root: newLogin('root'), admin: newLogin('watchword'), powerless: newLogin('powerless') };
  const place = ['-m', 'secantus', '--host', HOST, '--port', String(port), '--storage-path', join(directory, 'data')];
  const tls = ['--tls-cert-file', join(directory, 'cert.pem'), '--tls-key-file', join(directory, 'key.pem')];
  let daemon: Daemon | undefined;
  const start = async (...more: string[]) => {
    daemon = startDaemon(python, [...place, ...tls, '--log-level', 'DEBUG', '--enable-test-commands', ...more], { directory });
    await until(READY_MS, async () => daemon?.output().includes('listening') === true, daemon.output);
  };
  const own = asksWho ? ['--auth'] : [];
  const open = (login: MongodbLogin) => openSession(python, { ...login, port, ca: join(directory, 'ca.pem') });
  const server: MongodbServer = {
    port,
    ca,
    ...logins,
    open,
    async command(login, db, command) {
      const session = await open(login);
      try {
        return await session.ask(db, command);
      } finally {
        await session.close();
      }
    },
    log: () => daemon?.output() ?? '',
    async restart() {
      await daemon?.stop();
      await start(...own);
    },
    async stop() {
      await daemon?.stop('SIGKILL');
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  try {
    await start();
    await fill(port, ca, logins);
    await server.restart();
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function certify(directory: string): Promise<string> {
  const now = Date.now();
  const authority = makeAuthority('MongoDB tests', now);
  const names = extension.names(generalName.address(127, 0, 0, 1), generalName.dns('localhost'));
  const extensions = [extension.noAuthority(), extension.purposes(purposes.server), names];
  const served = makeCertificate({ subject: [['CN', 'localhost']], extensions }, now, authority);
  await writeFile(join(directory, 'ca.pem'), authority.pem);
  await writeFile(join(directory, 'cert.pem'), served.pem);
  await writeFile(join(directory, 'key.pem'), served.keyPem, { mode: 0o600 });
  return await readFile(join(directory, 'ca.pem'), 'utf8');
}

type Logins = Pick<MongodbServer, 'root' | 'admin' | 'powerless'>;

/** While it still asks nobody who they are. */
async function fill(port: number, ca: string, { root, admin, powerless }: Logins): Promise<void> {
  const client = new MongoClient(`mongodb://${HOST}:${port}/?directConnection=true`, { tls: true, ca });
  try {
    const db = client.db('admin');
    await db.command(ISSUER);
    const accounts: readonly [MongodbLogin, readonly object[]][] = [
      [root, [{ role: 'root', db: 'admin' }]],
      [admin, [{ role: 'watchword', db: 'admin' }]],
      [powerless, [{ role: 'read', db: 'features' }]],
    ];
    for (const [{ username, password }, roles] of accounts) {
      await db.command({ createUser: username, pwd: password, roles, mechanisms: ['SCRAM-SHA-256'] });
    }
    await client.db('features').collection<Document>('vectors').insertOne({ name: 'answer', value: 42 });
    await client.db('salaries').collection<Document>('all').insertOne({ value: 7 });
  } finally {
    await client.close();
  }
}

/** Reads who it is, then a command in each line. */
const PROGRAM = `
import json, sys
from pymongo import MongoClient
from pymongo.errors import PyMongoError

def told(value):
    print(json.dumps(value, default=str), flush=True)

who = json.loads(sys.stdin.readline())
client = MongoClient('127.0.0.1', who['port'], username=who['username'], password=who['password'], authSource=who.get('db', 'admin'),
    tls=True, tlsCAFile=who['ca'], directConnection=True, maxPoolSize=1, serverSelectionTimeoutMS=5000, retryReads=False)
for line in sys.stdin:
    db, command = json.loads(line)
    try:
        told({'answer': client[db].command(command)})
    except PyMongoError as error:
        told({'error': f"{getattr(error, 'code', '')} {error}"})
`;

interface Who extends MongodbLogin {
  readonly port: number;
  readonly ca: string;
}

async function openSession(python: string, who: Who): Promise<MongodbSession> {
  const child = spawn(python, ['-c', PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'], env: daemonEnvironment() });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const say = (value: unknown) => child.stdin.write(`${JSON.stringify(value)}\n`);
  const session: MongodbSession = {
    async ask(db, command) {
      say([db, command]);
      const { value, done } = await lines.next();
      if (done) throw new Error('pymongo has ended');
      const { answer, error } = JSON.parse(value);
      if (error !== undefined) throw new Error(error);
      return answer;
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
  say(who);
  try {
    await session.ask('admin', { ping: 1 });
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}
