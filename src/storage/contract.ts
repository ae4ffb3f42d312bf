import type { Compilable, Kysely } from 'kysely';

/** Rooms view it as their own tables; no room knows the tables of all. */
// biome-ignore lint/suspicious/noExplicitAny: this is the one place where the tables are not named.
export type AnyQuery = Kysely<any>;

/** Something that queries can run on: the committed state, or an open transaction. */
export interface Executor {
  /** Rooms view it as their own tables: `executor.query.withTables<Tables>()`, where `Tables` is a `type`, not an interface. */
  readonly query: AnyQuery;
}

/** Committed, durable state only: never sees a transaction that is still open. */
export interface Reader extends Executor {
  readonly mode: 'read';
  /**
   * Changes with every commit, whoever made it: whatever was read stands while it is the same. Undefined where that can't be told.
   */
  readonly commits: number | undefined;
}

export interface Transaction extends Executor {
  readonly mode: 'write';
  /** Runs once the change is durable, never when it is rolled back; must not throw. */
  afterCommit(action: () => void): void;
}

/**
 * A query that is compiled once and run often. `Parameters` are bound by name.
 * Rows are plain objects; blobs are Uint8Array; integers are numbers.
 */
export interface Prepared<Parameters extends object, Row> {
  all(on: Executor, parameters: Parameters): Promise<Row[]>;
  first(on: Executor, parameters: Parameters): Promise<Row | undefined>;
}

/** Stands for a parameter while a prepared query is built: `where('path', '=', parameter('path'))`. */
// biome-ignore lint/suspicious/noExplicitAny: it takes the type of whatever column it is compared with.
export type ParameterOf<Parameters extends object> = (name: keyof Parameters & string) => any;

export interface Storage {
  readonly reader: Reader;
  /**
   * Runs `work` in a transaction; resolves with its result once the change is durable (fsync done).
   * Transactions are serialisable. Concurrent calls may be committed together, each under its own savepoint:
   * when `work` throws, its own changes alone are undone and its error is passed on.
   * `work` may await nothing but queries on `tx`.
   * @throws WatchwordError `storage.unavailable` when the commit fails; then nothing of the group is kept.
   */
  write<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  prepare<Parameters extends object, Row>(
    build: (db: AnyQuery, parameter: ParameterOf<Parameters>) => Compilable<Row>,
  ): Prepared<Parameters, Row>;
  migrate(migrations: readonly Migration[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * One step of the schema; `name` is `<room>-NNNN-<what>` and never changes once released. Uses Kysely's schema builder with
 * types that SQLite and PostgreSQL share: `text`, `integer`, `bigint`, and the two in {@link ColumnTypes}.
 */
export interface Migration {
  readonly name: string;
  up(db: AnyQuery, types: ColumnTypes): Promise<void>;
}

export interface ColumnTypes {
  /** Bytes: `blob` or `bytea`. */
  readonly blob: 'blob' | 'bytea';
  /** Text that sorts and compares by bytes, for paths: `text` or `text collate "C"`; use with `sql.raw`. */
  readonly orderedText: string;
}
