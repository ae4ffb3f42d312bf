import { connect, type Socket } from 'node:net';
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2';
import type { Secret } from '../../../foundation/secret.ts';
import { TargetError, type TargetErrorKind } from '../engine.ts';
import { addressOf, type MysqlConnection } from './connection.ts';
import { toTargetError } from './failure.ts';

/** Milliseconds for a connection, whatever time the call has. */
const CONNECT_MS = 10_000;
/** After this a server that is said goodbye to is no longer waited for. */
const GOODBYE_MS = 1000;
/** What is cut fails by itself within this time, or is taken to have failed. */
const CUT_MS = 50;

export interface Login {
  readonly username: string;
  readonly password: Secret | undefined;
}

/** They send the password itself, under a key of whoever answers. */
const refusedPlain = Object.fromEntries(
  ['caching_sha2_password', 'sha256_password'].map((name) => [
    name,
    () => () => Promise.reject(new Error(`${name} gives the password to whoever answers: only with TLS, or over a Unix socket`)),
  ]),
);

/** A connection, and how it ends. */
export interface Line {
  readonly connection: Connection;
  /** Whether the server has closed it. */
  isOver(): boolean;
  /** At once: nothing more is sent. */
  cut(): void;
  /** Says goodbye, so that the server does not count it as lost. */
  end(): void;
}

/** Makes connections to one server. */
export class Dialer {
  readonly #options: ConnectionOptions;
  readonly #dial: () => Socket;

  /** @throws WatchwordError `engine.invalid` */
  constructor(connection: MysqlConnection) {
    const { host, port, database, tls } = addressOf(connection);
    const { tlsCa, tlsCertificateKey, tlsServerName } = connection;
    const pair = tlsCertificateKey?.text;
    const local = host.startsWith('/');
    this.#dial = () => (local ? connect({ path: host }) : connect({ host, port, noDelay: true, keepAlive: true }));
    this.#options = {
      // The certificate is looked at by this name.
      host: tlsServerName === '' ? host : tlsServerName,
      port,
      ...(local ? { socketPath: host } : {}),
      ...(database === '' ? {} : { database }),
      connectTimeout: CONNECT_MS,
      charset: 'utf8mb4',
      // A server may ask for any file of this machine otherwise.
      flags: ['-LOCAL_FILES'],
      authPlugins: tls || local ? {} : refusedPlain,
      ...(tls
        ? {
            ssl: {
              rejectUnauthorized: true,
              verifyIdentity: true,
              minVersion: 'TLSv1.2',
              ...(tlsCa === '' ? {} : { ca: tlsCa }),
              ...(pair === undefined ? {} : { cert: pair, key: pair }),
            },
          }
        : {}),
    };
  }

  /**
   * A connection that nobody else uses. Its errors must be listened to.
   * @param withDatabase whether the account may use the database of the URL
   * @throws TargetError `unreachable`, `refused`, `throttled`
   */
  async connect({ username, password }: Login, signal: AbortSignal, withDatabase = true): Promise<Line> {
    if (signal.aborted) throw new TargetError('unreachable', 'no connection in time');
    const { database, ...options } = this.#options;
    const secret = password?.text ?? '';
    const socket = this.#dial();
    const abort = () => socket.destroy(new Error('no connection in time'));
    signal.addEventListener('abort', abort, { once: true });
    try {
      const said = { user: username, password: secret, stream: socket, ...(withDatabase && database ? { database } : {}) };
      const opening = opened(createConnection({ ...options, ...said }));
      return lineOf(await beforeAbort(signal, opening, () => 'unreachable'), socket);
    } catch (error) {
      socket.destroy();
      throw toTargetError(error, { progress: 'connecting', hidden: [secret] });
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}

function opened(connection: Connection): Promise<Connection> {
  return new Promise((resolve, reject) => {
    // Kept for good: an error that nobody listens to ends the process.
    connection.on('error', reject);
    connection.once('connect', () => resolve(connection));
  });
}

function lineOf(connection: Connection, socket: Socket): Line {
  let over = false;
  for (const event of ['end', 'error', 'close']) socket.once(event, () => (over = true));
  return {
    connection,
    isOver: () => over,
    cut: () => void socket.destroy(),
    end() {
      // An older connection may be dead already, and then there is no answer.
      const overdue = setTimeout(() => socket.destroy(), GOODBYE_MS);
      connection.end(() => clearTimeout(overdue));
    },
  };
}

/** What the driver does not answer once its socket was cut is over as well. @param kind what it then was */
export function beforeAbort<Result>(signal: AbortSignal, work: Promise<Result>, kind: () => TargetErrorKind): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => setTimeout(() => reject(new TargetError(kind(), 'no answer in time')), CUT_MS);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
