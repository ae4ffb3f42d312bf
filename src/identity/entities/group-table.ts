import { sql } from 'kysely';
import { generationQuery } from '../../access/generation-table.ts';
import type { Executor, Migration, Prepared, Storage, Transaction } from '../../storage/contract.ts';

type GroupTables = { identity_group: { id: string; sealed: Uint8Array } };

/** Without id and body for a store without groups. */
export interface GroupRow {
  readonly id: string | null;
  readonly sealed: Uint8Array | null;
  readonly generation: number;
}

export const groupMigration: Migration = {
  name: 'identity-0006-group',
  async up(db, types) {
    await db.schema
      .createTable('identity_group')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('sealed', sql.raw(types.blob), (column) => column.notNull())
      .execute();
  },
};

const view = (on: Executor) => on.query.withTables<GroupTables>();

/** Rows of groups, few enough to be read together. Nothing read here is to be believed before it was opened. */
export class GroupTable {
  readonly #all: Prepared<Record<string, never>, GroupRow>;

  constructor(storage: Storage) {
    this.#all = storage.prepare((db) =>
      db
        .withTables<GroupTables>()
        .selectFrom(generationQuery(db, 'identity').as('g'))
        .leftJoin('identity_group', (join) => join.onTrue())
        .select(['identity_group.id', 'identity_group.sealed', 'g.value as generation']),
    );
  }

  /** All of them as of one generation: at least one row. */
  all(on: Executor): Promise<GroupRow[]> {
    return this.#all.all(on, {});
  }

  async find(on: Executor, id: string): Promise<Uint8Array | undefined> {
    const row = await view(on).selectFrom('identity_group').select('sealed').where('id', '=', id).executeTakeFirst();
    return row?.sealed;
  }

  async put(tx: Transaction, id: string, sealed: Uint8Array): Promise<void> {
    await view(tx)
      .insertInto('identity_group')
      .values({ id, sealed })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ sealed }))
      .execute();
  }

  async remove(tx: Transaction, id: string): Promise<void> {
    await view(tx).deleteFrom('identity_group').where('id', '=', id).execute();
  }
}
