import { sql } from 'kysely';
import type { Keyring } from '../keyring/contract.ts';
import { openJson, sealJson } from '../keyring/sealed-json.ts';
import type { Executor, Migration, Transaction } from '../storage/contract.ts';
import type { TokenRole } from './contract.ts';
import { tokenMount } from './tokens.ts';

type RoleTables = { token_role: { name: string; sealed: Uint8Array } };

export const roleMigration: Migration = {
  name: 'identity-0002-token-role',
  async up(db, types) {
    await db.schema
      .createTable('token_role')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('sealed', sql.raw(types.blob), (column) => column.notNull())
      .execute();
  },
};

const view = (on: Executor) => on.query.withTables<RoleTables>();
const place = (name: string) => ({ path: `token-role/${name}`, version: 1 });

/** Roles for making tokens, sealed under their names. */
export class RoleTable {
  readonly #keyring: Keyring;

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  /** @throws WatchwordError `keyring.tampered` for a row that was changed or belongs to another name */
  async find(on: Executor, name: string): Promise<TokenRole | undefined> {
    const row = await view(on).selectFrom('token_role').select('sealed').where('name', '=', name).executeTakeFirst();
    return row && (openJson(this.#keyring.cipher(tokenMount), place(name), row.sealed) as TokenRole);
  }

  async names(on: Executor): Promise<string[]> {
    const rows = await view(on).selectFrom('token_role').select('name').orderBy('name').execute();
    return rows.map((row) => row.name);
  }

  async put(tx: Transaction, role: TokenRole): Promise<void> {
    const { name } = role;
    const sealed = sealJson(this.#keyring.cipher(tokenMount), place(name), role);
    await view(tx)
      .insertInto('token_role')
      .values({ name, sealed })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ sealed }))
      .execute();
  }

  async remove(tx: Transaction, name: string): Promise<void> {
    await view(tx).deleteFrom('token_role').where('name', '=', name).execute();
  }
}
