import { sql } from 'kysely';
import type { AnyQuery, Executor, Migration, ParameterOf, Prepared, Storage, Transaction } from '../storage/contract.ts';
import type { UsageCount } from './usage-count.ts';

export type UsageDimension = 'total' | 'version' | 'session' | 'workload';

export interface UsageKey {
  readonly mountId: string;
  readonly path: string;
  readonly dimension: UsageDimension;
  /** The version in decimal, the accessor, or `method:id`; empty for the total. */
  readonly member: string;
}

type UsageRow = {
  mount_id: string;
  path: string;
  dimension: UsageDimension;
  member: string;
  first_used: number;
  last_used: number;
  retrievals: number;
  days: number;
  last_day: number;
  recent_days: number;
  last_event: number;
};

type UsageTables = {
  credential_usage: UsageRow;
  usage_cursor: { projection: string; next_event: number };
};

/** Members of one dimension that are kept for a credential: those that were used last. */
export const KEPT_MEMBERS = 100;
const PROJECTION = 'usage';

export const usageMigration: Migration = {
  name: 'inventory-0001-usage',
  async up(db, types) {
    await db.schema
      .createTable('credential_usage')
      .addColumn('mount_id', 'text', (column) => column.notNull())
      .addColumn('path', sql.raw(types.orderedText), (column) => column.notNull())
      .addColumn('dimension', 'text', (column) => column.notNull())
      .addColumn('member', 'text', (column) => column.notNull())
      .addColumn('first_used', 'bigint', (column) => column.notNull())
      .addColumn('last_used', 'bigint', (column) => column.notNull())
      .addColumn('retrievals', 'bigint', (column) => column.notNull())
      .addColumn('days', 'integer', (column) => column.notNull())
      .addColumn('last_day', 'integer', (column) => column.notNull())
      .addColumn('recent_days', 'integer', (column) => column.notNull())
      .addColumn('last_event', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('credential_usage_of', ['mount_id', 'path', 'dimension', 'member'])
      .execute();
    await db.schema
      .createTable('usage_cursor')
      .addColumn('projection', 'text', (column) => column.primaryKey())
      .addColumn('next_event', 'bigint', (column) => column.notNull())
      .execute();
    await db.insertInto('usage_cursor').values({ projection: PROJECTION, next_event: 0 }).execute();
  },
};

const key = ['mount_id', 'path', 'dimension', 'member'] as const;
const counts = ['first_used', 'last_used', 'retrievals', 'days', 'last_day', 'recent_days', 'last_event'] as const;
const view = (on: Executor) => on.query.withTables<UsageTables>();

/** Usage per credential and member, and how far the log is counted. */
export class UsageTable {
  readonly #find: Prepared<UsageKey, UsageRow>;
  readonly #put: Prepared<UsageRow, never>;

  constructor(storage: Storage) {
    this.#find = storage.prepare<UsageKey, UsageRow>((db, parameter) =>
      db
        .withTables<UsageTables>()
        .selectFrom('credential_usage')
        .selectAll()
        .where('mount_id', '=', parameter('mountId'))
        .where('path', '=', parameter('path'))
        .where('dimension', '=', parameter('dimension'))
        .where('member', '=', parameter('member')),
    );
    this.#put = storage.prepare<UsageRow, never>(upsert);
  }

  async find(on: Executor, key: UsageKey): Promise<UsageCount | undefined> {
    const row = await this.#find.first(on, key);
    return row === undefined ? undefined : countOf(row);
  }

  async put(tx: Transaction, { mountId, path, dimension, member }: UsageKey, count: UsageCount): Promise<void> {
    await this.#put.all(tx, {
      mount_id: mountId,
      path,
      dimension,
      member,
      first_used: count.firstUsed,
      last_used: count.lastUsed,
      retrievals: count.retrievals,
      days: count.days,
      last_day: count.lastDay,
      recent_days: count.recentDays,
      last_event: count.lastEvent,
    });
  }

  /** Forgets all but the {@link KEPT_MEMBERS} members that were used last. */
  async trim(tx: Transaction, { mountId, path, dimension }: Omit<UsageKey, 'member'>): Promise<void> {
    const last = view(tx)
      .selectFrom('credential_usage')
      .select('last_event')
      .where('mount_id', '=', mountId)
      .where('path', '=', path)
      .where('dimension', '=', dimension)
      .orderBy('last_event', 'desc')
      .limit(1)
      .offset(KEPT_MEMBERS - 1);
    await view(tx)
      .deleteFrom('credential_usage')
      .where('mount_id', '=', mountId)
      .where('path', '=', path)
      .where('dimension', '=', dimension)
      .where('last_event', '<', last)
      .execute();
  }

  /** Everything about one credential, what was used last first. */
  async list(on: Executor, mountId: string, path: string): Promise<(UsageCount & Pick<UsageKey, 'dimension' | 'member'>)[]> {
    const rows = await view(on)
      .selectFrom('credential_usage')
      .selectAll()
      .where('mount_id', '=', mountId)
      .where('path', '=', path)
      .orderBy('last_event', 'desc')
      .execute();
    return rows.map((row) => ({ dimension: row.dimension, member: row.member, ...countOf(row) }));
  }

  /** Index of the first event that is not counted. */
  async cursor(on: Executor): Promise<number> {
    const row = await view(on)
      .selectFrom('usage_cursor')
      .select('next_event')
      .where('projection', '=', PROJECTION)
      .executeTakeFirst();
    return row?.next_event ?? 0;
  }

  async moveCursor(tx: Transaction, next: number): Promise<void> {
    await view(tx).updateTable('usage_cursor').set({ next_event: next }).where('projection', '=', PROJECTION).execute();
  }

  async clear(tx: Transaction): Promise<void> {
    await view(tx).deleteFrom('credential_usage').execute();
    await this.moveCursor(tx, 0);
  }
}

function upsert(db: AnyQuery, parameter: ParameterOf<UsageRow>) {
  const row = Object.fromEntries([...key, ...counts].map((name) => [name, parameter(name)])) as unknown as UsageRow;
  return db
    .withTables<UsageTables>()
    .insertInto('credential_usage')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(key)
        .doUpdateSet((eb) => Object.fromEntries(counts.map((name) => [name, eb.ref(`excluded.${name}`)])) as object),
    ) as never;
}

function countOf(row: UsageRow): UsageCount {
  return {
    firstUsed: row.first_used,
    lastUsed: row.last_used,
    retrievals: row.retrievals,
    days: row.days,
    lastDay: row.last_day,
    recentDays: row.recent_days,
    lastEvent: row.last_event,
  };
}
