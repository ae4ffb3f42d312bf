import { sql } from 'kysely';
import type { Executor, Migration, Prepared, Storage, Transaction } from '../storage/contract.ts';

type KvTables = {
  kv_entry: { mount_id: string; path: string; entry_id: string; generation: number; sealed: Uint8Array };
  kv_version: { entry_id: string; version: number; sealed: Uint8Array };
};

/** An entry together with its newest version row, and one more version row that was asked for. */
export interface EntryRow extends NewestRow {
  readonly wanted: Uint8Array | null;
}

interface NewestRow {
  readonly generation: number;
  readonly sealed: Uint8Array;
  readonly newest_version: number | null;
  readonly newest: Uint8Array | null;
}

interface At {
  readonly mountId: string;
  readonly path: string;
}

export const kvMigration: Migration = {
  name: 'store-0001-kv',
  async up(db, types) {
    await db.schema
      .createTable('kv_entry')
      .addColumn('mount_id', 'text', (column) => column.notNull())
      .addColumn('path', sql.raw(types.orderedText), (column) => column.notNull())
      .addColumn('entry_id', 'text', (column) => column.notNull().unique())
      .addColumn('generation', 'bigint', (column) => column.notNull())
      .addColumn('sealed', sql.raw(types.blob), (column) => column.notNull())
      .addPrimaryKeyConstraint('kv_entry_at', ['mount_id', 'path'])
      .execute();
    await db.schema
      .createTable('kv_version')
      .addColumn('entry_id', 'text', (column) => column.notNull())
      .addColumn('version', 'integer', (column) => column.notNull())
      .addColumn('sealed', sql.raw(types.blob), (column) => column.notNull())
      .addPrimaryKeyConstraint('kv_version_of', ['entry_id', 'version'])
      .execute();
  },
};

const view = (on: Executor) => on.query.withTables<KvTables>();

/** The rows of versioned entries; what they hold is sealed and checked one step higher, in `entries.ts`. */
export class KvTable {
  readonly #find: Prepared<At & { wanted: number }, EntryRow>;
  readonly #findNewest: Prepared<At, NewestRow>;
  readonly #exists: Prepared<At, { generation: number }>;
  readonly #paths: Prepared<{ mountId: string; from: string; limit: number }, { path: string }>;
  readonly #putEntry: Prepared<At & { entryId: string; generation: number; sealed: Uint8Array }, never>;
  readonly #putVersion: Prepared<{ entryId: string; version: number; sealed: Uint8Array }, never>;
  readonly #dropThrough: Prepared<{ entryId: string; version: number }, never>;

  constructor(storage: Storage) {
    this.#find = storage.prepare((db, parameter) =>
      db
        .withTables<KvTables>()
        .selectFrom('kv_entry as e')
        .leftJoin('kv_version as n', 'n.entry_id', 'e.entry_id')
        .leftJoin('kv_version as w', (join) =>
          join.onRef('w.entry_id', '=', 'e.entry_id').on('w.version', '=', parameter('wanted')),
        )
        .select(['e.generation', 'e.sealed', 'n.version as newest_version', 'n.sealed as newest', 'w.sealed as wanted'])
        .where('e.mount_id', '=', parameter('mountId'))
        .where('e.path', '=', parameter('path'))
        .orderBy('n.version', 'desc')
        // Written out: SQLite compiles a statement anew whenever the parameter of its limit is bound.
        .limit(sql.lit(1)),
    );
    this.#findNewest = storage.prepare((db, parameter) =>
      db
        .withTables<KvTables>()
        .selectFrom('kv_entry as e')
        .leftJoin('kv_version as n', 'n.entry_id', 'e.entry_id')
        .select(['e.generation', 'e.sealed', 'n.version as newest_version', 'n.sealed as newest'])
        .where('e.mount_id', '=', parameter('mountId'))
        .where('e.path', '=', parameter('path'))
        .orderBy('n.version', 'desc')
        .limit(sql.lit(1)),
    );
    this.#exists = storage.prepare((db, parameter) =>
      db
        .withTables<KvTables>()
        .selectFrom('kv_entry')
        .select('generation')
        .where('mount_id', '=', parameter('mountId'))
        .where('path', '=', parameter('path')),
    );
    this.#paths = storage.prepare((db, parameter) =>
      db
        .withTables<KvTables>()
        .selectFrom('kv_entry')
        .select('path')
        .where('mount_id', '=', parameter('mountId'))
        .where('path', '>=', parameter('from'))
        .orderBy('path')
        .limit(parameter('limit')),
    );
    this.#putEntry = storage.prepare(
      (db, parameter) =>
        db
          .withTables<KvTables>()
          .insertInto('kv_entry')
          .values({
            mount_id: parameter('mountId'),
            path: parameter('path'),
            entry_id: parameter('entryId'),
            generation: parameter('generation'),
            sealed: parameter('sealed'),
          })
          .onConflict((conflict) =>
            conflict.columns(['mount_id', 'path']).doUpdateSet((eb) => ({
              generation: eb.ref('excluded.generation'),
              sealed: eb.ref('excluded.sealed'),
            })),
          ) as never,
    );
    this.#putVersion = storage.prepare(
      (db, parameter) =>
        db
          .withTables<KvTables>()
          .insertInto('kv_version')
          .values({ entry_id: parameter('entryId'), version: parameter('version'), sealed: parameter('sealed') })
          .onConflict((conflict) =>
            conflict.columns(['entry_id', 'version']).doUpdateSet((eb) => ({ sealed: eb.ref('excluded.sealed') })),
          ) as never,
    );
    this.#dropThrough = storage.prepare(
      (db, parameter) =>
        db
          .withTables<KvTables>()
          .deleteFrom('kv_version')
          .where('entry_id', '=', parameter('entryId'))
          .where('version', '<=', parameter('version')) as never,
    );
  }

  async find(on: Executor, mountId: string, path: string, wanted: number): Promise<EntryRow | undefined> {
    if (wanted >= 0) return this.#find.first(on, { mountId, path, wanted });
    const row = await this.#findNewest.first(on, { mountId, path });
    return row === undefined ? undefined : { ...row, wanted: null };
  }

  async exists(on: Executor, mountId: string, path: string): Promise<boolean> {
    return (await this.#exists.first(on, { mountId, path })) !== undefined;
  }

  /** Paths from `from` on, in the order of their UTF-8 bytes. */
  async paths(on: Executor, mountId: string, from: string, limit: number): Promise<string[]> {
    return (await this.#paths.all(on, { mountId, from, limit })).map((row) => row.path);
  }

  async putEntry(tx: Transaction, row: At & { entryId: string; generation: number; sealed: Uint8Array }): Promise<void> {
    await this.#putEntry.all(tx, row);
  }

  async putVersion(tx: Transaction, entryId: string, version: number, sealed: Uint8Array): Promise<void> {
    await this.#putVersion.all(tx, { entryId, version, sealed });
  }

  /** Removes every version up to and including `version`. */
  async dropThrough(tx: Transaction, entryId: string, version: number): Promise<void> {
    await this.#dropThrough.all(tx, { entryId, version });
  }

  async dropVersions(tx: Transaction, entryId: string, versions: readonly number[]): Promise<void> {
    await view(tx).deleteFrom('kv_version').where('entry_id', '=', entryId).where('version', 'in', versions).execute();
  }

  async dropEntry(tx: Transaction, mountId: string, path: string, entryId: string): Promise<void> {
    await view(tx).deleteFrom('kv_version').where('entry_id', '=', entryId).execute();
    await view(tx).deleteFrom('kv_entry').where('mount_id', '=', mountId).where('path', '=', path).execute();
  }
}

/** Removes every entry of a mount with all its versions. */
export async function dropMount(tx: Transaction, mountId: string): Promise<void> {
  const ids = view(tx).selectFrom('kv_entry').select('entry_id').where('mount_id', '=', mountId);
  await view(tx).deleteFrom('kv_version').where('entry_id', 'in', ids).execute();
  await view(tx).deleteFrom('kv_entry').where('mount_id', '=', mountId).execute();
}

/** Removes every entry of a mount whose path lies in [from, to) with all its versions. */
export async function dropRange(tx: Transaction, mountId: string, from: string, to: string): Promise<void> {
  const ids = view(tx)
    .selectFrom('kv_entry')
    .select('entry_id')
    .where('mount_id', '=', mountId)
    .where('path', '>=', from)
    .where('path', '<', to);
  await view(tx).deleteFrom('kv_version').where('entry_id', 'in', ids).execute();
  await view(tx)
    .deleteFrom('kv_entry')
    .where('mount_id', '=', mountId)
    .where('path', '>=', from)
    .where('path', '<', to)
    .execute();
}
