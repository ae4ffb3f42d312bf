import { sql } from 'kysely';
import type { Executor, Migration, Prepared, Reader, Storage, Transaction } from '../storage/contract.ts';

type TokenTables = {
  token: {
    token_hash: string;
    accessor: string;
    parent_hash: string | null;
    expires_at: number | null;
    root: number;
    login: string | null;
    sealed: Uint8Array;
  };
};

export interface TokenRow {
  readonly hash: string;
  readonly accessor: string;
  readonly parent: string | null;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | null;
  /** 1 for a token with the root policy, else 0. */
  readonly root: number;
  /** Mount and subject of the login that gave it: see `Tokens.loginKey`. */
  readonly login: string | null;
  readonly sealed: Uint8Array;
}

/** A token's sealed body, and that of the row that its parent column names. */
export interface LineRow {
  readonly sealed: Uint8Array;
  readonly parent_sealed: Uint8Array | null;
}

/** What an index leads to. */
export interface IndexedRow {
  readonly token_hash: string;
  readonly accessor: string;
  readonly sealed: Uint8Array;
}

export const tokenMigration: Migration = {
  name: 'identity-0001-token',
  async up(db, types) {
    await db.schema
      .createTable('token')
      .addColumn('token_hash', 'text', (column) => column.primaryKey())
      .addColumn('accessor', 'text', (column) => column.notNull().unique())
      .addColumn('parent_hash', 'text')
      .addColumn('expires_at', 'bigint')
      .addColumn('root', 'integer', (column) => column.notNull())
      .addColumn('sealed', sql.raw(types.blob), (column) => column.notNull())
      .execute();
    for (const column of ['parent_hash', 'expires_at', 'root']) {
      await db.schema.createIndex(`token_${column}`).on('token').column(column).execute();
    }
  },
};

export const tokenLoginMigration: Migration = {
  name: 'identity-0004-token-login',
  async up(db, types) {
    await db.schema.alterTable('token').addColumn('login', sql.raw(types.orderedText)).execute();
    await db.schema.createIndex('token_login').on('token').column('login').execute();
  },
};

/** Most tokens have no parent and are not root: an index that leaves them out costs their making nothing. */
export const tokenIndexMigration: Migration = {
  name: 'identity-0007-token-index',
  async up(db) {
    for (const column of ['parent_hash', 'root', 'login']) await db.schema.dropIndex(`token_${column}`).execute();
    for (const column of ['parent_hash', 'login']) {
      await db.schema.createIndex(`token_${column}`).on('token').column(column).where(sql.ref(column), 'is not', null).execute();
    }
    await db.schema.createIndex('token_root').on('token').column('root').where(sql.ref('root'), '=', 1).execute();
  },
};

const view = (on: Executor) => on.query.withTables<TokenTables>();
const MAX_KEPT_ROWS = 10_000;

/** The rows of tokens. Nothing read here is to be believed before the sealed body was opened: see `tokens.ts`. */
export class TokenTable {
  readonly #find: Prepared<{ hash: string }, LineRow>;
  readonly #byAccessor: Prepared<{ accessor: string }, IndexedRow>;
  readonly #children: Prepared<{ parent: string; limit: number }, IndexedRow>;
  readonly #insert: Prepared<TokenRow, never>;
  readonly #update: Prepared<TokenRow, never>;
  readonly #remove: Prepared<{ hash: string }, never>;
  /** What requests found by hash since the last commit. */
  readonly #kept = new Map<string, LineRow>();
  #keptAsOf: number | undefined;

  constructor(storage: Storage) {
    this.#find = storage.prepare((db, parameter) =>
      db
        .withTables<TokenTables>()
        .selectFrom('token as t')
        .leftJoin('token as p', 'p.token_hash', 't.parent_hash')
        .select(['t.sealed', 'p.sealed as parent_sealed'])
        .where('t.token_hash', '=', parameter('hash')),
    );
    this.#byAccessor = storage.prepare((db, parameter) =>
      db
        .withTables<TokenTables>()
        .selectFrom('token')
        .select(['token_hash', 'accessor', 'sealed'])
        .where('accessor', '=', parameter('accessor')),
    );
    this.#children = storage.prepare((db, parameter) =>
      db
        .withTables<TokenTables>()
        .selectFrom('token')
        .select(['token_hash', 'accessor', 'sealed'])
        .where('parent_hash', '=', parameter('parent'))
        .limit(parameter('limit')),
    );
    this.#insert = storage.prepare(
      (db, parameter) =>
        db
          .withTables<TokenTables>()
          .insertInto('token')
          .values({
            token_hash: parameter('hash'),
            accessor: parameter('accessor'),
            parent_hash: parameter('parent'),
            expires_at: parameter('expiresAt'),
            root: parameter('root'),
            login: parameter('login'),
            sealed: parameter('sealed'),
          }) as never,
    );
    this.#update = storage.prepare(
      (db, parameter) =>
        db
          .withTables<TokenTables>()
          .updateTable('token')
          .set({
            parent_hash: parameter('parent'),
            expires_at: parameter('expiresAt'),
            login: parameter('login'),
            sealed: parameter('sealed'),
          })
          .where('token_hash', '=', parameter('hash')) as never,
    );
    this.#remove = storage.prepare(
      (db, parameter) => db.withTables<TokenTables>().deleteFrom('token').where('token_hash', '=', parameter('hash')) as never,
    );
  }

  async find(on: Executor, hash: string): Promise<LineRow | undefined> {
    const { commits } = on as Partial<Reader>;
    if (commits === undefined) return this.#find.first(on, { hash });
    if (commits !== this.#keptAsOf || this.#kept.size >= MAX_KEPT_ROWS) this.#kept.clear();
    this.#keptAsOf = commits;
    const kept = this.#kept.get(hash);
    if (kept !== undefined) return kept;
    const row = await this.#find.first(on, { hash });
    // A commit may have come in between.
    if (row !== undefined && commits === (on as Partial<Reader>).commits) this.#kept.set(hash, row);
    return row;
  }

  byAccessor(on: Executor, accessor: string): Promise<IndexedRow | undefined> {
    return this.#byAccessor.first(on, { accessor });
  }

  /** Some of the tokens below `parent`. */
  children(on: Executor, parent: string, limit: number): Promise<IndexedRow[]> {
    return this.#children.all(on, { parent, limit });
  }

  async insert(tx: Transaction, row: TokenRow): Promise<void> {
    await this.#insert.all(tx, row);
  }

  async update(tx: Transaction, row: TokenRow): Promise<void> {
    await this.#update.all(tx, row);
  }

  async remove(tx: Transaction, hash: string): Promise<void> {
    await this.#remove.all(tx, { hash });
  }

  async accessors(on: Executor, now: number): Promise<string[]> {
    const rows = await view(on)
      .selectFrom('token')
      .select('accessor')
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]))
      .orderBy('accessor')
      .execute();
    return rows.map((row) => row.accessor);
  }

  rootTokens(on: Executor): Promise<IndexedRow[]> {
    // The number itself, not a parameter: or the index, which holds these alone, would not be found to fit.
    return view(on).selectFrom('token').select(['token_hash', 'accessor', 'sealed']).where('root', '=', sql.lit(1)).execute();
  }

  expired(on: Executor, now: number, limit: number): Promise<IndexedRow[]> {
    return view(on)
      .selectFrom('token')
      .select(['token_hash', 'accessor', 'sealed'])
      .where('expires_at', '<=', now)
      .orderBy('expires_at')
      .limit(limit)
      .execute();
  }

  /** Some of the tokens that logins of a mount or, where `from` and `to` are the same, of one subject gave. */
  byLogin(on: Executor, range: { from: string; to: string }, limit: number): Promise<IndexedRow[]> {
    return view(on)
      .selectFrom('token')
      .select(['token_hash', 'accessor', 'sealed'])
      .where('login', '>=', range.from)
      .where('login', '<=', range.to)
      .limit(limit)
      .execute();
  }

  /** Tokens whose parent column names a token that is not there. */
  parentless(on: Executor, limit: number): Promise<IndexedRow[]> {
    return view(on)
      .selectFrom('token as t')
      .leftJoin('token as p', 'p.token_hash', 't.parent_hash')
      .select(['t.token_hash', 't.accessor', 't.sealed'])
      .where('t.parent_hash', 'is not', null)
      .where('p.token_hash', 'is', null)
      .limit(limit)
      .execute();
  }
}
