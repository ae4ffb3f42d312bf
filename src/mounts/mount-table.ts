import { sql } from 'kysely';
import type { MountPoint } from '../foundation/mount.ts';
import type { RecordCipher } from '../keyring/contract.ts';
import { openJson, sealJson } from '../keyring/sealed-json.ts';
import type { Executor, Migration, Transaction } from '../storage/contract.ts';

type MountTables = {
  mount_point: { id: string; namespace: string; path: string; sealed: Uint8Array };
};

export const mountMigration: Migration = {
  name: 'mounts-0001-mount-point',
  async up(db, types) {
    await db.schema
      .createTable('mount_point')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('namespace', 'text', (column) => column.notNull())
      .addColumn('path', sql.raw(types.orderedText), (column) => column.notNull())
      .addColumn('sealed', sql.raw(types.blob), (column) => column.notNull())
      .addUniqueConstraint('mount_point_path', ['namespace', 'path'])
      .execute();
  },
};

const view = (on: Executor) => on.query.withTables<MountTables>();
const place = (id: string) => ({ path: `mount/${id}`, version: 1 });

/** All mounts, as their sealed bodies say. @throws WatchwordError `keyring.tampered` */
export async function readMounts(on: Executor, cipher: RecordCipher): Promise<MountPoint[]> {
  const rows = await view(on).selectFrom('mount_point').select(['id', 'sealed']).execute();
  // Only what is sealed under the row's own id is believed; path and namespace columns merely keep mounts apart.
  return rows.map((row) => openJson(cipher, place(row.id), row.sealed) as MountPoint);
}

export async function insertMount(tx: Transaction, cipher: RecordCipher, mount: MountPoint): Promise<void> {
  const { id, namespace, path } = mount;
  const sealed = sealJson(cipher, place(id), mount);
  await view(tx).insertInto('mount_point').values({ id, namespace, path, sealed }).execute();
}

export async function updateMount(tx: Transaction, cipher: RecordCipher, mount: MountPoint): Promise<void> {
  const { id, path } = mount;
  await view(tx)
    .updateTable('mount_point')
    .set({ path, sealed: sealJson(cipher, place(id), mount) })
    .where('id', '=', id)
    .execute();
}

export async function deleteMount(tx: Transaction, id: string): Promise<void> {
  await view(tx).deleteFrom('mount_point').where('id', '=', id).execute();
}
