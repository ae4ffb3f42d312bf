import type { Document, MongoClient, MongoClientOptions } from 'mongodb';
import type { Secret } from '../../../foundation/secret.ts';
import { type TargetCall, TargetError } from '../engine.ts';
import { addressOf, type MongodbConnection, type WriteConcern, writeConcernOf } from './connection.ts';
import { MongodbRefusal, type Progress, toTargetError } from './failure.ts';

const CONNECT_MS = 5_000;
const WAIT_MS = 10_000;
/** For a connection that was kept to show that it is still one. */
const ALIVE_MS = 2_000;

/** One deployment, ready for commands. */
export interface MongodbSession {
  /** @throws TargetError; {@link MongodbRefusal} where the server said no */
  ask(db: string, command: Document): Promise<Document>;
  /** As {@link ask}, with the write concern of the connection. What fails has perhaps been done. */
  change(db: string, command: Document): Promise<void>;
  /** Users of every database. @param pattern of their names */
  userNames(pattern: RegExp): Promise<readonly string[]>;
}

/** Who logs in. */
export interface Account {
  readonly username: string;
  readonly password: Secret;
}

interface Line {
  readonly client: Promise<MongoClient>;
  /** The client, once it has logged in. */
  readonly ready: Promise<MongoClient>;
  /** How many are using it now. */
  users: number;
  /** Whether it has answered before. */
  proven: boolean;
  gone: boolean;
}

/** Connections to one deployment; the driver keeps at most so many to each of its servers. */
export class MongodbSessions {
  readonly #connection: MongodbConnection;
  readonly #writeConcern: WriteConcern;
  #line: Line | undefined;
  #closed = false;

  constructor(connection: MongodbConnection) {
    this.#connection = connection;
    this.#writeConcern = writeConcernOf(connection);
  }

  /** Works with it; when the time is over, nobody waits any longer. @param secrets what no message may hold */
  async use<Result>(
    { signal }: TargetCall,
    secrets: readonly Secret[],
    work: (session: MongodbSession) => Promise<Result>,
  ): Promise<Result> {
    const { password } = this.#connection;
    const hidden = [...secrets, ...(password === undefined ? [] : [password])].map(({ text }) => text);
    const line = await this.#connected(signal, hidden);
    const progress = { now: 'asking' as Progress };
    try {
      return await inTime(signal, progress, work(this.#session(await line.ready, progress, hidden)));
    } catch (error) {
      if (signal.aborted) this.#discard(line);
      throw error;
    } finally {
      this.#giveBack(line);
    }
  }

  /** Logs in as somebody, or as nobody, does something and leaves. @throws TargetError */
  async logIn(account: Account | undefined, { signal }: TargetCall, command: Document): Promise<void> {
    const hidden = account === undefined ? [] : [account.password.text];
    const client = await newClient(this.#connection, account);
    const progress = { now: 'connecting' as Progress };
    try {
      await inTime(signal, progress, client.connect());
      await inTime(signal, progress, client.db('admin').command(command));
    } catch (error) {
      throw toTargetError(error, 'connecting', hidden);
    } finally {
      void client.close().catch(() => {});
    }
  }

  close(): void {
    this.#closed = true;
    if (this.#line !== undefined) this.#discard(this.#line);
  }

  #session(client: MongoClient, progress: { now: Progress }, hidden: readonly string[]): MongodbSession {
    const send = async <Answer>(kind: Progress, asked: () => Promise<Answer>): Promise<Answer> => {
      progress.now = kind;
      try {
        return await asked();
      } catch (error) {
        throw toTargetError(error, kind, hidden);
      } finally {
        progress.now = 'asking';
      }
    };
    const users = client.db('admin').collection('system.users');
    return {
      ask: (db, command) => send('asking', () => client.db(db).command(command)),
      change: async (db, command) => {
        const answer = await send('changing', () => client.db(db).command({ ...command, writeConcern: this.#writeConcern }));
        const { writeConcernError: short } = answer;
        if (short)
          throw new TargetError('unknown-outcome', `not enough servers have it: ${short.codeName ?? ''} (${short.code})`);
      },
      userNames: async (pattern) => {
        const projection = { user: 1, _id: 0 };
        const found = await send('asking', () => users.find({ user: pattern }, { projection }).toArray());
        return found.map((each) => String(each['user']));
      },
    };
  }

  /** To be given back. What was kept shows first that it is alive, so that what comes next either arrives or nobody knows. */
  async #connected(signal: AbortSignal, hidden: readonly string[]): Promise<Line> {
    const line = this.#open();
    line.users += 1;
    const kept = line.proven;
    try {
      await inTime(signal, { now: 'connecting' }, line.ready);
    } catch (error) {
      this.#discard(line);
      this.#giveBack(line);
      throw toTargetError(error, 'connecting', hidden);
    }
    line.proven = true;
    if (!kept || (await isAlive(await line.ready, signal))) return line;
    this.#discard(line);
    this.#giveBack(line);
    return await this.#connected(signal, hidden);
  }

  #open(): Line {
    if (this.#line !== undefined) return this.#line;
    if (this.#closed) throw new TargetError('unreachable', 'it is closed');
    const { username, password } = this.#connection;
    const client = newClient(this.#connection, password === undefined ? undefined : { username, password });
    const ready = client.then(loggedIn);
    ready.catch(() => {});
    this.#line = { client, ready, users: 0, proven: false, gone: false };
    return this.#line;
  }

  #discard(line: Line): void {
    line.gone = true;
    if (this.#line === line) this.#line = undefined;
    if (line.users === 0) end(line);
  }

  #giveBack(line: Line): void {
    line.users -= 1;
    if (line.gone && line.users === 0) end(line);
  }
}

function end({ client }: Line): void {
  void client.then((each) => each.close()).catch(() => {});
}

async function loggedIn(client: MongoClient): Promise<MongoClient> {
  await client.connect();
  await client.db('admin').command({ ping: 1 });
  return client;
}

/** Whatever is answered, it is an answer. */
async function isAlive(client: MongoClient, signal: AbortSignal): Promise<boolean> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(ALIVE_MS)]);
  try {
    await inTime(late, { now: 'connecting' }, client.db('admin').command({ ping: 1 }));
    return true;
  } catch (error) {
    return toTargetError(error, 'connecting', []) instanceof MongodbRefusal;
  }
}

/** The driver is loaded when a connection is first needed: it is large, and a server starts without it. */
async function newClient(connection: MongodbConnection, account: Account | undefined): Promise<MongoClient> {
  const { MongoClient } = await import('mongodb');
  const { url, authSource, tls, replicaSet, directConnection, loadBalanced, authMechanism } = addressOf(connection);
  const { tlsCa, tlsCertificateKey: pair, maxOpenConnections } = connection;
  const options: MongoClientOptions = {
    appName: 'watchword',
    // Whatever the environment says: it would print commands.
    mongodbLogComponentSeverities: { default: 'off' },
    tls,
    ...(tls && tlsCa !== '' ? { ca: tlsCa } : {}),
    ...(tls && pair !== undefined ? { cert: pair.text, key: pair.text } : {}),
    ...(replicaSet === undefined ? {} : { replicaSet }),
    ...(directConnection ? { directConnection } : {}),
    ...(loadBalanced ? { loadBalanced } : {}),
    maxPoolSize: maxOpenConnections,
    waitQueueTimeoutMS: WAIT_MS,
    connectTimeoutMS: CONNECT_MS,
    serverSelectionTimeoutMS: CONNECT_MS,
    serverMonitoringMode: 'poll',
    retryReads: false,
    retryWrites: false,
  };
  if (account === undefined) return new MongoClient(url, options);
  const auth = { username: account.username, password: account.password.text };
  return new MongoClient(url, { ...options, auth, authSource, ...(authMechanism === undefined ? {} : { authMechanism }) });
}

/** @throws TargetError by how far it had come, when the time is over; whatever `work` does then is heard by nobody */
async function inTime<Result>(signal: AbortSignal, progress: { now: Progress }, work: Promise<Result>): Promise<Result> {
  work.catch(() => {});
  const over = Promise.withResolvers<never>();
  over.promise.catch(() => {});
  const cut = () =>
    over.reject(
      progress.now === 'changing'
        ? new TargetError('unknown-outcome', 'no answer in time')
        : new TargetError('unreachable', 'no answer in time'),
    );
  if (signal.aborted) cut();
  signal.addEventListener('abort', cut, { once: true });
  try {
    return await Promise.race([over.promise, work]);
  } finally {
    signal.removeEventListener('abort', cut);
  }
}
