import { sql } from 'kysely';
import type { Executor, Migration, Transaction } from '../storage/contract.ts';

/**
 * `purpose` names the key (`root`, `namespace/root`, `mount/<id>`, `instance/<purpose>`); `wrapped` is its record under the
 * key one step higher; `parameters` belong to the seal and are public.
 */
export interface WrappedKey {
  readonly purpose: string;
  readonly key_id: string;
  readonly parent: string;
  readonly wrapped: Uint8Array;
}

export interface SealRow {
  readonly kind: string;
  readonly parameters: string;
  readonly wrapped: Uint8Array;
  readonly cluster: string;
}

type KeyTables = {
  keyring_key: WrappedKey;
  keyring_seal: SealRow & { id: number };
};

export const keyringMigration: Migration = {
  name: 'keyring-0001-key',
  async up(db, types) {
    await db.schema
      .createTable('keyring_key')
      .addColumn('purpose', 'text', (column) => column.primaryKey())
      .addColumn('key_id', 'text', (column) => column.notNull())
      .addColumn('parent', 'text', (column) => column.notNull())
      .addColumn('wrapped', sql.raw(types.blob), (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('keyring_seal')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('parameters', 'text', (column) => column.notNull())
      .addColumn('wrapped', sql.raw(types.blob), (column) => column.notNull())
      .addColumn('cluster', 'text', (column) => column.notNull())
      .execute();
  },
};

const view = (on: Executor) => on.query.withTables<KeyTables>();

export async function readSeal(on: Executor): Promise<SealRow | undefined> {
  return view(on)
    .selectFrom('keyring_seal')
    .select(['kind', 'parameters', 'wrapped', 'cluster'])
    .where('id', '=', 1)
    .executeTakeFirst();
}

export async function insertSeal(tx: Transaction, row: SealRow): Promise<void> {
  await view(tx)
    .insertInto('keyring_seal')
    .values({ ...row, id: 1 })
    .execute();
}

export async function readKeys(on: Executor): Promise<WrappedKey[]> {
  return view(on).selectFrom('keyring_key').select(['purpose', 'key_id', 'parent', 'wrapped']).execute();
}

export async function insertKey(tx: Transaction, row: WrappedKey): Promise<void> {
  await view(tx).insertInto('keyring_key').values(row).execute();
}

export async function deleteKey(tx: Transaction, purpose: string): Promise<void> {
  await view(tx).deleteFrom('keyring_key').where('purpose', '=', purpose).execute();
}
