import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Expression, type SqlBool, sql } from 'kysely';
import type { Executor, Migration, Prepared, Storage, Transaction } from '../storage/contract.ts';
import type { EndCause, LeaseState } from './lease.ts';

export type LeaseTables = {
  lease: {
    lease_id: string;
    external_name: string;
    target: string;
    session: string;
    workload: string;
    state: LeaseState;
    cause: EndCause | null;
    due_at: number;
    ending_since: number | null;
    attempts: number;
    alerted: number;
    epoch: number;
    revision: number;
    retry_key: string | null;
    sealed: Uint8Array;
  };
};

export interface LeaseRow {
  readonly lease_id: string;
  readonly state: LeaseState;
  readonly cause: EndCause | null;
  readonly epoch: number;
  readonly revision: number;
  readonly attempts: number;
  readonly sealed: Uint8Array;
}

interface NewRow {
  readonly id: string;
  readonly externalName: string;
  readonly target: string;
  readonly session: string;
  readonly workload: string;
  readonly dueAt: number;
  readonly retryKey: string | null;
  readonly sealed: Uint8Array;
}

export interface Ending {
  readonly cause: EndCause;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The target has surely made nothing: what is being made is over as well. */
  readonly neverMade?: boolean;
}

/** Which rows: those that all of this holds for. At least one thing is said. */
export interface LeaseScope {
  readonly prefix?: string;
  readonly session?: string;
  readonly workload?: string;
  readonly target?: string;
  /** Id of the mount that they were issued at, wherever that is now. */
  readonly mount?: string;
}

/** Queries after which everything else that waits goes first. */
const TURN = 200;

export const leaseMigration: Migration = {
  name: 'leases-0001-lease',
  async up(db, types) {
    await db.schema
      .createTable('lease')
      .addColumn('lease_id', sql.raw(types.orderedText), (column) => column.primaryKey())
      .addColumn('external_name', 'text', (column) => column.notNull())
      .addColumn('target', sql.raw(types.orderedText), (column) => column.notNull())
      .addColumn('session', 'text', (column) => column.notNull())
      .addColumn('workload', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('cause', 'text')
      .addColumn('due_at', 'bigint', (column) => column.notNull())
      .addColumn('ending_since', 'bigint')
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('alerted', 'integer', (column) => column.notNull())
      .addColumn('epoch', 'bigint', (column) => column.notNull())
      .addColumn('revision', 'bigint', (column) => column.notNull())
      .addColumn('retry_key', 'text')
      .addColumn('sealed', sql.raw(types.blob), (column) => column.notNull())
      .execute();
    await db.schema.createIndex('lease_due').on('lease').columns(['target', 'due_at']).execute();
    await db.schema.createIndex('lease_external_name').on('lease').column('external_name').execute();
    await db.schema.createIndex('lease_session').on('lease').columns(['session', 'lease_id']).execute();
    await db.schema.createIndex('lease_workload').on('lease').columns(['workload', 'lease_id']).execute();
    await db.schema
      .createIndex('lease_retry')
      .unique()
      .on('lease')
      .column('retry_key')
      .where(sql.ref('retry_key'), 'is not', null)
      .execute();
  },
};

/**
 * -1 for what is no whole number that JavaScript can hold: one row in which somebody has put such a thing must not keep the driver
 * from reading the others.
 */
const whole = <Name extends 'epoch' | 'revision' | 'attempts'>(name: Name) =>
  sql<number>`case when ${sql.ref(name)} between 0 and ${sql.lit(Number.MAX_SAFE_INTEGER)} then ${sql.ref(name)} else -1 end`.as(
    name,
  );

export const leaseColumns = [
  'lease_id',
  'state',
  'cause',
  whole('epoch'),
  whole('revision'),
  whole('attempts'),
  // Of a number that somebody has put there this makes a text.
  sql<Uint8Array>`substr(${sql.ref('sealed')}, 1)`.as('sealed'),
] as const;
export const leaseRows = (on: Executor) => on.query.withTables<LeaseTables>();

/**
 * The rows of leases. The columns only find rows and say how far the work is: a changed one ends a credential early or late, never
 * makes it another; what a lease is stands sealed.
 */
export class LeaseTable {
  readonly #find: Prepared<{ id: string }, LeaseRow>;

  constructor(storage: Storage) {
    this.#find = storage.prepare((db, parameter) =>
      db.withTables<LeaseTables>().selectFrom('lease').select(leaseColumns).where('lease_id', '=', parameter('id')),
    );
  }

  find(on: Executor, id: string): Promise<LeaseRow | undefined> {
    return this.#find.first(on, { id });
  }

  /** Of these external names, those that have a row. */
  async known(on: Executor, externalNames: readonly string[]): Promise<Set<string>> {
    const rows = await leaseRows(on)
      .selectFrom('lease')
      .select('external_name')
      .where('external_name', 'in', externalNames)
      .execute();
    return new Set(rows.map(({ external_name }) => external_name));
  }

  async byRetryKey(on: Executor, retryKey: string): Promise<LeaseRow | undefined> {
    return leaseRows(on).selectFrom('lease').select(leaseColumns).where('retry_key', '=', retryKey).executeTakeFirst();
  }

  async insert(tx: Transaction, { id, externalName, target, session, workload, dueAt, retryKey, sealed }: NewRow): Promise<void> {
    await leaseRows(tx)
      .insertInto('lease')
      .values({
        lease_id: id,
        external_name: externalName,
        target,
        session,
        workload,
        state: 'creating',
        cause: null,
        due_at: dueAt,
        ending_since: null,
        attempts: 0,
        alerted: 0,
        epoch: 0,
        revision: 0,
        retry_key: retryKey,
        sealed,
      })
      .execute();
  }

  /** New content of a row that is still in this state, epoch and revision: false where it is not. */
  async replace(
    tx: Transaction,
    at: { readonly id: string; readonly state: LeaseState; readonly epoch: number; readonly revision: number },
    to: { readonly state: LeaseState; readonly dueAt: number; readonly sealed: Uint8Array },
  ): Promise<boolean> {
    const changed = await leaseRows(tx)
      .updateTable('lease')
      .set({ state: to.state, due_at: to.dueAt, sealed: to.sealed, revision: at.revision + 1 })
      .where('lease_id', '=', at.id)
      .where('state', '=', at.state)
      .where('epoch', '=', at.epoch)
      .where('revision', '=', at.revision)
      .returning('lease_id')
      .executeTakeFirst();
    return changed !== undefined;
  }

  /** Marks what is in scope as to be taken back now. What is being made is left to its deadline. Gives how many were alive. */
  async end(tx: Transaction, scope: LeaseScope, { cause, now, neverMade = false }: Ending): Promise<number> {
    const result = await leaseRows(tx)
      .updateTable('lease')
      .set((eb) => ({
        state: neverMade
          ? 'ending'
          : (eb.case().when('state', 'in', ['creating', 'doubtful']).then('doubtful').else('ending').end() as never),
        due_at: eb.case().when('state', '=', 'active').then(now).else(eb.ref('due_at')).end(),
        ending_since: eb.fn.coalesce('ending_since', eb.val(now)),
        cause: eb.fn.coalesce('cause', eb.val(cause)),
        retry_key: null,
      }))
      .where((eb) => eb.and(withinScope(scope)))
      .$if(!neverMade, (query) => query.where('state', 'not in', ['ending', 'doubtful']))
      .executeTakeFirst();
    return Number(result.numUpdatedRows);
  }

  /** At most `limit` rows in scope whose id comes after one, in order. */
  async page(on: Executor, scope: LeaseScope, after: string, limit: number): Promise<LeaseRow[]> {
    return leaseRows(on)
      .selectFrom('lease')
      .select(leaseColumns)
      .where((eb) => eb.and(withinScope(scope)))
      .where('lease_id', '>', after)
      .orderBy('lease_id')
      .limit(sql.lit(limit))
      .execute();
  }

  /** Lets others go first now and then. Ids below a prefix that end in `/` are given once, as Vault lists them; at most `limit`. */
  async children(on: Executor, prefix: string, limit: number): Promise<string[]> {
    const names: string[] = [];
    let after = prefix;
    while (names.length < limit) {
      const row = await leaseRows(on)
        .selectFrom('lease')
        .select('lease_id')
        .where('lease_id', '>', after)
        .where('lease_id', '<', endOf(prefix))
        .orderBy('lease_id')
        .limit(sql.lit(1))
        .executeTakeFirst();
      if (row === undefined) break;
      if (names.length % TURN === TURN - 1) await nextTurn();
      const rest = row.lease_id.slice(prefix.length);
      const slash = rest.indexOf('/');
      names.push(slash < 0 ? rest : rest.slice(0, slash + 1));
      after = slash < 0 ? row.lease_id : endOf(prefix + rest.slice(0, slash + 1));
    }
    return names;
  }

  /** Number of rows in scope, counted up to `limit`. */
  async count(on: Executor, scope: LeaseScope, limit: number): Promise<number> {
    const rows = leaseRows(on)
      .selectFrom('lease')
      .select('lease_id')
      .where((eb) => eb.and(withinScope(scope)))
      .limit(sql.lit(limit))
      .as('counted');
    const { count } = await leaseRows(on)
      .selectFrom(rows)
      .select((eb) => eb.fn.countAll<number | string>().as('count'))
      .executeTakeFirstOrThrow();
    return Number(count);
  }
}

/** Prefixes end where a part of a path does: `creds/read` is not below `creds/re`. */
export const folderOf = (prefix: string): string => (prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`);

/** What sorts after everything that begins with the prefix, and before everything else that sorts after it. */
const endOf = (prefix: string): string => `${prefix}\u{10ffff}`;

function withinScope({ prefix, session, workload, target, mount }: LeaseScope): Expression<SqlBool>[] {
  const conditions: Expression<SqlBool>[] = [];
  if (prefix !== undefined) {
    conditions.push(sql<SqlBool>`${sql.ref('lease_id')} >= ${prefix}`, sql<SqlBool>`${sql.ref('lease_id')} < ${endOf(prefix)}`);
  }
  for (const [column, value] of Object.entries({ session, workload, target })) {
    if (value !== undefined) conditions.push(sql<SqlBool>`${sql.ref(column)} = ${value}`);
  }
  if (mount !== undefined) {
    // Nothing else leads to few rows where a mount has many: an index on the target is of use for a mount alone.
    const column = conditions.length === 0 ? sql.ref('target') : sql`(${sql.ref('target')} || '')`;
    conditions.push(sql<SqlBool>`${column} >= ${`${mount}/`}`, sql<SqlBool>`${column} < ${endOf(`${mount}/`)}`);
  }
  if (conditions.length === 0) throw new TypeError('a scope of leases must say something');
  return conditions;
}
