import pg from 'pg';
import type { Secret } from '../../../foundation/secret.ts';
import { type TargetCall, TargetError } from '../engine.ts';
import { driverSettings, type PostgresqlConnection } from './connection.ts';
import { type DriverClient, inSession, PostgresqlRefusal, type PostgresqlSession } from './session.ts';

/**
 * What our statements rely on. Names are looked for in the catalogue alone: whoever may create functions somewhere could put one of
 * his own in the place of a function of the catalogue otherwise (CVE-2018-1058). A statement whose client is gone ends by itself.
 */
const SETTINGS = `SET standard_conforming_strings = on;
SET client_min_messages = notice;
SET search_path = '';
SET statement_timeout = 20000;
SET lock_timeout = 10000;
SET idle_in_transaction_session_timeout = 30000;
SELECT pg_catalog.set_config(name, '1000', false) FROM pg_catalog.pg_settings WHERE name = 'client_connection_check_interval'`;

/** Wrong password; may not log in, by the rules of the server or its own. */
const LOGIN_REFUSED: ReadonlySet<string> = new Set(['28P01', '28000']);
/** Logged in, and may not use this database. */
const NO_CONNECT = '42501';

/** One server, over a few connections that are kept. */
export class PostgresqlServer {
  readonly #connection: PostgresqlConnection;
  #pool: pg.Pool | undefined;
  #closed = false;

  constructor(connection: PostgresqlConnection) {
    this.#connection = connection;
  }

  get username(): string {
    return this.#connection.username;
  }

  /** Works as the configured account. @param secrets texts that no message may hold @throws TargetError */
  async session<Result>(
    { signal }: TargetCall,
    secrets: readonly string[],
    work: (session: PostgresqlSession) => Promise<Result>,
  ): Promise<Result> {
    const pool = this.#open();
    const { maxOpenConnections, maxIdleConnections: idle } = this.#connection;
    const kept = idle === 0 ? maxOpenConnections : Math.max(0, idle);
    const terms = { signal, hidden: [...this.#secrets(), ...secrets], closes: () => pool.idleCount >= kept };
    return await inSession(() => pool.connect(), terms, work);
  }

  /** Works as the configured account in another database of the server. @throws TargetError */
  elsewhere<Result>(
    database: string,
    { signal }: TargetCall,
    work: (session: PostgresqlSession) => Promise<Result>,
  ): Promise<Result> {
    const settings = { ...driverSettings(this.#connection), database };
    const connect = async () => {
      const client = await connected(settings);
      try {
        await client.query(SETTINGS);
        return client;
      } catch (error) {
        await client.end?.();
        throw error;
      }
    };
    return inSession(connect, { signal, hidden: this.#secrets() }, work);
  }

  /** Whether somebody can log in like this. @throws TargetError where that can't be said */
  async admits(username: string, password: Secret, { signal }: TargetCall): Promise<boolean> {
    const settings = { ...driverSettings(this.#connection), user: username, password: () => password.text };
    try {
      await inSession(
        () => connected(settings),
        { signal, hidden: [password.text] },
        async () => {},
      );
      return true;
    } catch (error) {
      if (!(error instanceof PostgresqlRefusal)) throw error;
      if (error.code === NO_CONNECT) return true;
      if (LOGIN_REFUSED.has(error.code)) return false;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#pool?.end().catch(() => {});
  }

  #open(): pg.Pool {
    if (this.#closed) throw new TargetError('unreachable', 'the connection was closed');
    if (this.#pool === undefined) {
      const settings = driverSettings(this.#connection);
      this.#pool = new pg.Pool({ ...settings, onConnect: async (client) => void (await client.query(SETTINGS)) });
      // Of a connection that nobody uses: it is out of the pool by then.
      this.#pool.on('error', () => {});
    }
    return this.#pool;
  }

  #secrets(): string[] {
    const { password } = this.#connection;
    return password === undefined ? [] : [password.text];
  }
}

async function connected(settings: pg.ClientConfig): Promise<DriverClient> {
  const client = new pg.Client(settings);
  client.on('error', () => {});
  await client.connect();
  return client;
}
