import { sql } from 'kysely';
import type { Executor, Migration, Prepared, Storage, Transaction } from '../storage/contract.ts';

type RecordTables = {
  auth_record: { mount_id: string; collection: string; name: string; expires_at: number | null; sealed: Uint8Array };
};

export interface MountRecordRow {
  readonly mount: string;
  readonly collection: string;
  readonly name: string;
  /** Milliseconds since the epoch; null = never. */
  readonly expiresAt: number | null;
  readonly sealed: Uint8Array;
}

interface Named {
  readonly name: string;
  readonly sealed: Uint8Array;
}

export const mountRecordMigration: Migration = {
  name: 'identity-0003-auth-record',
  async up(db, types) {
    await db.schema
      .createTable('auth_record')
      .addColumn('mount_id', 'text', (column) => column.notNull())
      .addColumn('collection', 'text', (column) => column.notNull())
      .addColumn('name', sql.raw(types.orderedText), (column) => column.notNull())
      .addColumn('expires_at', 'bigint')
      .addColumn('sealed', sql.raw(types.blob), (column) => column.notNull())
      .addPrimaryKeyConstraint('auth_record_key', ['mount_id', 'collection', 'name'])
      .execute();
    await db.schema.createIndex('auth_record_expires_at').on('auth_record').column('expires_at').execute();
  },
};

const view = (on: Executor) => on.query.withTables<RecordTables>();

/** What auth methods and engines keep: settings, roles, users, what may be used once. Nothing read here is to be believed before it was opened. */
export class MountRecordTable {
  readonly #find: Prepared<{ mount: string; collection: string; name: string; beside: string }, Named>;
  readonly #put: Prepared<MountRecordRow, never>;

  constructor(storage: Storage) {
    this.#find = storage.prepare((db, parameter) =>
      db
        .withTables<RecordTables>()
        .selectFrom('auth_record')
        .select(['name', 'sealed'])
        .where('mount_id', '=', parameter('mount'))
        .where('collection', '=', parameter('collection'))
        .where((eb) => eb.or([eb('name', '=', parameter('name')), eb('name', '=', parameter('beside'))])),
    );
    this.#put = storage.prepare(
      (db, parameter) =>
        db
          .withTables<RecordTables>()
          .insertInto('auth_record')
          .values({
            mount_id: parameter('mount'),
            collection: parameter('collection'),
            name: parameter('name'),
            expires_at: parameter('expiresAt'),
            sealed: parameter('sealed'),
          })
          .onConflict((conflict) =>
            conflict.columns(['mount_id', 'collection', 'name']).doUpdateSet((eb) => ({
              expires_at: eb.ref('excluded.expires_at'),
              sealed: eb.ref('excluded.sealed'),
            })),
          ) as never,
    );
  }

  /** The row of this name and the one `beside` it, as far as they exist. */
  find(on: Executor, key: { mount: string; collection: string; name: string; beside: string }): Promise<Named[]> {
    return this.#find.all(on, key);
  }

  /** Names in order, after one of them. */
  async names(on: Executor, mount: string, collection: string, page: { after: string; limit: number }): Promise<string[]> {
    const rows = await view(on)
      .selectFrom('auth_record')
      .select('name')
      .where('mount_id', '=', mount)
      .where('collection', '=', collection)
      .where('name', '>', page.after)
      .orderBy('name')
      .limit(page.limit)
      .execute();
    return rows.map(({ name }) => name);
  }

  async put(tx: Transaction, row: MountRecordRow): Promise<void> {
    await this.#put.all(tx, row);
  }

  /** False where there was one of this name already: exactly one caller gets true. */
  async insert(tx: Transaction, { mount, expiresAt, ...row }: MountRecordRow): Promise<boolean> {
    const inserted = await view(tx)
      .insertInto('auth_record')
      .values({ ...row, mount_id: mount, expires_at: expiresAt })
      .onConflict((conflict) => conflict.doNothing())
      .returning('name')
      .executeTakeFirst();
    return inserted !== undefined;
  }

  /** False where there was none. */
  async remove(tx: Transaction, mount: string, collection: string, name: string): Promise<boolean> {
    const removed = await view(tx)
      .deleteFrom('auth_record')
      .where('mount_id', '=', mount)
      .where('collection', '=', collection)
      .where('name', '=', name)
      .returning('name')
      .executeTakeFirst();
    return removed !== undefined;
  }

  async purge(tx: Transaction, mount: string): Promise<void> {
    await view(tx).deleteFrom('auth_record').where('mount_id', '=', mount).execute();
  }

  /** Removes some of what has expired; gives how many: at `limit` there may be more. */
  async removeExpired(tx: Transaction, now: number, limit: number): Promise<number> {
    const rows = await view(tx)
      .selectFrom('auth_record')
      .select(['mount_id', 'collection', 'name'])
      .where('expires_at', '<=', now)
      .orderBy('expires_at')
      .limit(limit)
      .execute();
    for (const { mount_id, collection, name } of rows) await this.remove(tx, mount_id, collection, name);
    return rows.length;
  }
}
