import { sql } from 'kysely';
import { WatchwordError } from '../foundation/errors.ts';
import type { RecordCipher } from '../keyring/contract.ts';
import { Manifest } from '../keyring/manifest.ts';
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
/** No policy has this name: the row that names the tags of all others. */
const MANIFEST = '';

async function readRows(on: Executor, namespace: string, name: string) {
  const rows = await view(on)
    .selectFrom('policy')
    .select(['name', 'sealed'])
    .where('namespace', '=', namespace)
    .where('name', 'in', [name, MANIFEST])
    .execute();
  return new Map(rows.map((row) => [row.name, row.sealed]));
}

/**
 * The policy's text.
 * @throws WatchwordError `keyring.tampered` for a row that was changed or belongs to another name, `keyring.rolled-back` for one that
 * was removed, added or put back from an older copy
 */
export async function getPolicy(
  on: Executor,
  cipher: RecordCipher,
  namespace: string,
  name: string,
): Promise<string | undefined> {
  const rows = await readRows(on, namespace, name);
  const sealed = rows.get(name);
  const text = sealed === undefined ? undefined : openJson(cipher, place(namespace, name), sealed);
  Manifest.open(cipher, place(namespace, MANIFEST), rows.get(MANIFEST)).check(name, sealed);
  if (text !== undefined && typeof text !== 'string') throw new WatchwordError('keyring.tampered');
  return text;
}

export async function listPolicies(on: Executor, namespace: string): Promise<string[]> {
  const rows = await view(on)
    .selectFrom('policy')
    .select('name')
    .where('namespace', '=', namespace)
    .where('name', '!=', MANIFEST)
    .orderBy('name')
    .execute();
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
  await noteInManifest(tx, cipher, namespace, name, sealed);
  await putRow(tx, namespace, name, sealed);
}

export async function removePolicy(tx: Transaction, cipher: RecordCipher, namespace: string, name: string): Promise<void> {
  await noteInManifest(tx, cipher, namespace, name, undefined);
  await view(tx).deleteFrom('policy').where('namespace', '=', namespace).where('name', '=', name).execute();
}

async function noteInManifest(
  tx: Transaction,
  cipher: RecordCipher,
  namespace: string,
  name: string,
  sealed: Uint8Array | undefined,
): Promise<void> {
  const at = place(namespace, MANIFEST);
  const manifest = Manifest.open(cipher, at, (await readRows(tx, namespace, name)).get(MANIFEST));
  await putRow(tx, namespace, MANIFEST, manifest.with(cipher, at, name, sealed));
}

async function putRow(tx: Transaction, namespace: string, name: string, sealed: Uint8Array): Promise<void> {
  await view(tx)
    .insertInto('policy')
    .values({ namespace, name, sealed })
    .onConflict((conflict) => conflict.columns(['namespace', 'name']).doUpdateSet({ sealed }))
    .execute();
}
