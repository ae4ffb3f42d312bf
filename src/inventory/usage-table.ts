import { sql } from 'kysely';
import type { Executor, Migration, Prepared, Storage, Transaction } from '../storage/contract.ts';
import { type CredentialRecord, decodeMembers, encodeMembers } from './credential-record.ts';

type UsageRow = {
  mount_id: string;
  path: string;
  first_used: number;
  last_used: number;
  retrievals: number;
  days: number;
  last_day: number;
  recent_days: number;
  members: string;
};

type UsageTables = {
  credential_usage: UsageRow;
  usage_cursor: { projection: string; next_event: number };
};

interface CredentialKey {
  readonly mountId: string;
  /** Below the mount. */
  readonly path: string;
}

const PROJECTION = 'usage';

export const usageMigration: Migration = {
  name: 'inventory-0001-usage',
  async up(db, types) {
    await db.schema
      .createTable('credential_usage')
      .addColumn('mount_id', 'text', (column) => column.notNull())
      .addColumn('path', sql.raw(types.orderedText), (column) => column.notNull())
      .addColumn('first_used', 'bigint', (column) => column.notNull())
      .addColumn('last_used', 'bigint', (column) => column.notNull())
      .addColumn('retrievals', 'bigint', (column) => column.notNull())
      .addColumn('days', 'integer', (column) => column.notNull())
      .addColumn('last_day', 'integer', (column) => column.notNull())
      .addColumn('recent_days', 'integer', (column) => column.notNull())
      .addColumn('members', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('credential_usage_of', ['mount_id', 'path'])
      .execute();
    await db.schema
      .createTable('usage_cursor')
      .addColumn('projection', 'text', (column) => column.primaryKey())
      .addColumn('next_event', 'bigint', (column) => column.notNull())
      .execute();
    await db.insertInto('usage_cursor').values({ projection: PROJECTION, next_event: 0 }).execute();
  },
};

const view = (on: Executor) => on.query.withTables<UsageTables>();

/** Usage per credential, and how far the log is counted. */
export class UsageTable {
  readonly #find: Prepared<CredentialKey, UsageRow>;
  readonly #put: Prepared<UsageRow, never>;

  constructor(storage: Storage) {
    this.#find = storage.prepare<CredentialKey, UsageRow>((db, parameter) =>
      db
        .withTables<UsageTables>()
        .selectFrom('credential_usage')
        .selectAll()
        .where('mount_id', '=', parameter('mountId'))
        .where('path', '=', parameter('path')),
    );
    this.#put = storage.prepare(
      (db, parameter) =>
        db
          .withTables<UsageTables>()
          .insertInto('credential_usage')
          .values({
            mount_id: parameter('mount_id'),
            path: parameter('path'),
            first_used: parameter('first_used'),
            last_used: parameter('last_used'),
            retrievals: parameter('retrievals'),
            days: parameter('days'),
            last_day: parameter('last_day'),
            recent_days: parameter('recent_days'),
            members: parameter('members'),
          })
          .onConflict((conflict) =>
            conflict.columns(['mount_id', 'path']).doUpdateSet((eb) => ({
              first_used: eb.ref('excluded.first_used'),
              last_used: eb.ref('excluded.last_used'),
              retrievals: eb.ref('excluded.retrievals'),
              days: eb.ref('excluded.days'),
              last_day: eb.ref('excluded.last_day'),
              recent_days: eb.ref('excluded.recent_days'),
              members: eb.ref('excluded.members'),
            })),
          ) as never,
    );
  }

  async find(on: Executor, key: CredentialKey): Promise<CredentialRecord | undefined> {
    const row = await this.#find.first(on, key);
    if (row === undefined) return undefined;
    const total = {
      firstUsed: row.first_used,
      lastUsed: row.last_used,
      retrievals: row.retrievals,
      days: row.days,
      lastDay: row.last_day,
      recentDays: row.recent_days,
    };
    return { total, ...decodeMembers(row.members) };
  }

  async put(tx: Transaction, { mountId, path }: CredentialKey, record: CredentialRecord): Promise<void> {
    const { firstUsed, lastUsed, retrievals, days, lastDay, recentDays } = record.total;
    await this.#put.all(tx, {
      mount_id: mountId,
      path,
      first_used: firstUsed,
      last_used: lastUsed,
      retrievals,
      days,
      last_day: lastDay,
      recent_days: recentDays,
      members: encodeMembers(record),
    });
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
