import type { Connection } from 'mysql2';
import type { TargetErrorKind } from '../engine.ts';
import type { Statement } from '../statements.ts';
import { errors, MysqlRefusal, type Progress, toTargetError } from './failure.ts';

export type Row = Readonly<Record<string, unknown>>;

/** What a server is, as far as it matters here. */
export interface ServerFacts {
  readonly mariadb: boolean;
  /** The account that we are to the server: `'vault'@'%'`, unquoted. */
  readonly account: { readonly name: string; readonly host: string };
}

/** Modes under which statements are quoted; `NO_AUTO_CREATE_USER` is unknown to newer servers of the other kind. */
const modes = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
/** Seconds that a statement waits for a lock: it must not go on waiting at the server when we are gone. */
const LOCK_SECONDS = 10;
/** Statements that leave nothing behind in the connection. */
const leavesNothing = /^(?:ALTER|CREATE|DROP|GRANT|REVOKE)$/;

/** One connection while somebody works with it. */
export class MysqlSession {
  readonly facts: ServerFacts;
  readonly #connection: Connection;
  readonly #hidden: readonly string[];
  #progress: Progress = 'asking';
  #altered = false;

  constructor(connection: Connection, facts: ServerFacts, hidden: readonly string[]) {
    this.facts = facts;
    this.#connection = connection;
    this.#hidden = hidden;
  }

  /** Whether an operator's statement may have changed what later ones mean. */
  get altered(): boolean {
    return this.#altered;
  }

  /** What it means now when the connection is lost. */
  get lost(): TargetErrorKind {
    return this.#progress === 'changing' ? 'unknown-outcome' : 'unreachable';
  }

  /** @throws TargetError */
  async ask(text: string): Promise<readonly Row[]> {
    return await this.#query(text, false);
  }

  /** From now on nobody knows how far it came when the connection is lost. @param secret whether it holds a credential @throws TargetError */
  async change(text: string, secret = false): Promise<void> {
    this.#progress = 'changing';
    await this.#query(text, secret);
  }

  /** As {@link change}, for what an operator wrote. */
  async run(statement: Statement, text: string, secret: boolean): Promise<void> {
    const first = statement.tokens.find(({ kind }) => kind !== 'space');
    this.#altered ||= first?.kind !== 'word' || !leavesNothing.test(first.text.toUpperCase());
    await this.change(text, secret);
  }

  /** Whether the server understands the statement; nothing is carried out. Gives its complaint. @throws TargetError */
  async complaint(quoted: string): Promise<string | undefined> {
    try {
      await this.#query(`PREPARE watchword_try FROM ${quoted}`, false);
      await this.#query('DEALLOCATE PREPARE watchword_try', false);
      return undefined;
    } catch (error) {
      if (!(error instanceof MysqlRefusal)) throw error;
      return error.errno === errors.notPreparable ? undefined : error.message;
    }
  }

  async #query(text: string, secret: boolean): Promise<readonly Row[]> {
    try {
      return await query(this.#connection, text);
    } catch (error) {
      throw toTargetError(error, { progress: this.#progress, hidden: this.#hidden, secret });
    }
  }
}

/** Makes a connection mean what is assumed here, and asks who and where we are. Rejects with the driver's error. */
export async function prepareSession(connection: Connection): Promise<ServerFacts> {
  const [row] = await query(connection, 'SELECT VERSION() AS version, CURRENT_USER() AS account');
  const mariadb = String(row?.['version']).includes('MariaDB');
  const sqlMode = mariadb ? `${modes},NO_AUTO_CREATE_USER` : modes;
  await query(connection, 'SET NAMES utf8mb4');
  await query(connection, `SET SESSION sql_mode = '${sqlMode}', lock_wait_timeout = ${LOCK_SECONDS}, autocommit = 1`);
  const account = String(row?.['account']);
  const at = account.lastIndexOf('@');
  return { mariadb, account: { name: account.slice(0, at), host: account.slice(at + 1) } };
}

function query(connection: Connection, text: string): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    connection.query(text, (error, rows) => (error === null ? resolve(rows as unknown as readonly Row[]) : reject(error)));
  });
}
