import { sql } from 'kysely';
import type { MountPoint } from '../foundation/mount.ts';
import type { RecordCipher } from '../keyring/contract.ts';
import { Manifest } from '../keyring/manifest.ts';
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
/** No mount has this id: the row that names the tags of all others. */
const MANIFEST = '';

async function readRows(on: Executor) {
  const rows = await view(on).selectFrom('mount_point').select(['id', 'sealed']).execute();
  const byId = new Map(rows.map((row) => [row.id, row.sealed]));
  const manifest = byId.get(MANIFEST);
  byId.delete(MANIFEST);
  return { byId, manifest };
}

/**
 * All mounts, as their sealed bodies say.
 * @throws WatchwordError `keyring.tampered`; `keyring.rolled-back` when a row was removed, added or put back from an older copy
 */
export async function readMounts(on: Executor, cipher: RecordCipher): Promise<MountPoint[]> {
  const { byId, manifest } = await readRows(on);
  // Only what is sealed under the row's own id is believed; path and namespace columns merely keep mounts apart.
  const mounts = [...byId].map(([id, sealed]) => openJson(cipher, place(id), sealed) as MountPoint);
  Manifest.open(cipher, place(MANIFEST), manifest).checkAll(byId);
  return mounts;
}

export async function insertMount(tx: Transaction, cipher: RecordCipher, mount: MountPoint): Promise<void> {
  const { id, namespace, path } = mount;
  const sealed = sealJson(cipher, place(id), mount);
  await noteInManifest(tx, cipher, id, sealed);
  await view(tx).insertInto('mount_point').values({ id, namespace, path, sealed }).execute();
}

export async function updateMount(tx: Transaction, cipher: RecordCipher, mount: MountPoint): Promise<void> {
  const { id, path } = mount;
  const sealed = sealJson(cipher, place(id), mount);
  await noteInManifest(tx, cipher, id, sealed);
  await view(tx).updateTable('mount_point').set({ path, sealed }).where('id', '=', id).execute();
}

export async function deleteMount(tx: Transaction, cipher: RecordCipher, id: string): Promise<void> {
  await noteInManifest(tx, cipher, id, undefined);
  await view(tx).deleteFrom('mount_point').where('id', '=', id).execute();
}

async function noteInManifest(tx: Transaction, cipher: RecordCipher, id: string, sealed: Uint8Array | undefined): Promise<void> {
  const { manifest } = await readRows(tx);
  const changed = Manifest.open(cipher, place(MANIFEST), manifest).with(cipher, place(MANIFEST), id, sealed);
  await view(tx)
    .insertInto('mount_point')
    .values({ id: MANIFEST, namespace: '', path: '', sealed: changed })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ sealed: changed }))
    .execute();
}
