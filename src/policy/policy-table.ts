import { sql } from 'kysely';
import { WatchwordError } from '../foundation/errors.ts';
import type { RecordCipher } from '../keyring/contract.ts';
import { openJson, sealJson } from '../keyring/sealed-json.ts';
import type { Executor, Migration, Transaction } from '../storage/contract.ts';

type PolicyTables = { policy: { namespace: string; name: string; sealed: Uint8Array } };

export const policyMigration: Migration = {
  name: 'policy-0001-policy',
  async up(db, types) {
    await db.schema
      .createTable('policy')
      .addColumn('namespace', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('sealed', sql.raw(types.blob), (column) => column.notNull())
      .addPrimaryKeyConstraint('policy_name', ['namespace', 'name'])
      .execute();
  },
};

const view = (on: Executor) => on.query.withTables<PolicyTables>();
const place = (namespace: string, name: string) => ({ path: `policy/${namespace}/${name}`, version: 1 });

/** The policy's text. @throws WatchwordError `keyring.tampered` for a row that was changed or belongs to another name */
export async function getPolicy(
  on: Executor,
  cipher: RecordCipher,
  namespace: string,
  name: string,
): Promise<string | undefined> {
  const row = await view(on)
    .selectFrom('policy')
    .select('sealed')
    .where('namespace', '=', namespace)
    .where('name', '=', name)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const text = openJson(cipher, place(namespace, name), row.sealed);
  if (typeof text !== 'string') throw new WatchwordError('keyring.tampered');
  return text;
}

export async function listPolicies(on: Executor, namespace: string): Promise<string[]> {
  const rows = await view(on).selectFrom('policy').select('name').where('namespace', '=', namespace).orderBy('name').execute();
  return rows.map((row) => row.name);
}

export async function putPolicy(
  tx: Transaction,
  cipher: RecordCipher,
  namespace: string,
  name: string,
  text: string,
): Promise<void> {
  const sealed = sealJson(cipher, place(namespace, name), text);
  await view(tx)
    .insertInto('policy')
    .values({ namespace, name, sealed })
    .onConflict((conflict) => conflict.columns(['namespace', 'name']).doUpdateSet({ sealed }))
    .execute();
}

export async function removePolicy(tx: Transaction, namespace: string, name: string): Promise<void> {
  await view(tx).deleteFrom('policy').where('namespace', '=', namespace).where('name', '=', name).execute();
}
