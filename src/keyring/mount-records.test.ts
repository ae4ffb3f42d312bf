import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Transaction } from '../storage/contract.ts';
import { openTemporaryStorage, type TemporaryStorage } from '../storage/testing/temporary-storage.ts';
import { keyringMigration } from './key-table.ts';
import type { StoredKeyring } from './keyring.ts';
import { mountRecordMigration } from './mount-record-table.ts';
import { GuardedRecords, MountRecordStore, PassingRecords, removeExpiredRecords } from './mount-records.ts';
import { openTestKeyring } from './testing/test-keyring.ts';

interface Role {
  readonly policies: readonly string[];
}
const weak: Role = { policies: ['weak'] };
const strong: Role = { policies: ['strong'] };
const one = { id: 'one', namespace: 'root' };
const other = { id: 'other', namespace: 'root' };

let temporary: TemporaryStorage;
let keyring: StoredKeyring;
let store: MountRecordStore;
let roles: GuardedRecords<Role>;
let nonces: PassingRecords<string>;

beforeEach(async () => {
  temporary = await openTemporaryStorage([keyringMigration, mountRecordMigration]);
  keyring = await openTestKeyring(temporary.storage);
  await write((tx) => Promise.all([one, other].map((mount) => keyring.createMountKey(tx, mount))));
  store = new MountRecordStore(temporary.storage, keyring);
  roles = new GuardedRecords(store, 'role');
  nonces = new PassingRecords(store, 'nonce');
});
afterEach(() => temporary[Symbol.asyncDispose]());

const write = <Result>(work: (tx: Transaction) => Promise<Result>) => temporary.storage.write(work);
const put = (name: string, role: Role, mount = one) => write((tx) => roles.put(tx, mount, name, role));
const find = (name: string, mount = one) => roles.find(temporary.storage.reader, mount, name);
const insert = (name: string, expiresAt?: number, mount = one) =>
  write((tx) => nonces.insert(tx, mount, { name, value: 'used', expiresAt }));

/** What somebody does who can write to the database and has no key. */
const rows = (tx: Transaction) =>
  tx.query.withTables<{ auth_record: { mount_id: string; collection: string; name: string; sealed: Uint8Array } }>();
async function bytesOf(name: string, mount = one): Promise<Uint8Array> {
  return write(async (tx) => {
    const row = rows(tx).selectFrom('auth_record').select('sealed').where('mount_id', '=', mount.id).where('name', '=', name);
    return (await row.executeTakeFirstOrThrow()).sealed;
  });
}
const overwrite = (name: string, sealed: Uint8Array, mount = one) =>
  write((tx) =>
    rows(tx).updateTable('auth_record').set({ sealed }).where('mount_id', '=', mount.id).where('name', '=', name).execute(),
  );
const erase = (name: string) => write((tx) => rows(tx).deleteFrom('auth_record').where('name', '=', name).execute());
const add = (name: string, sealed: Uint8Array, collection = 'role') =>
  write((tx) => rows(tx).insertInto('auth_record').values({ mount_id: one.id, collection, name, sealed }).execute());

const MANIFEST = '';
const rolledBack = { code: 'keyring.rolled-back' };
const tampered = { code: 'keyring.tampered' };

describe('guarded records', () => {
  it('are found until they are removed, by their own mount alone', async () => {
    await put('train', strong);
    expect(await find('train')).toEqual(strong);
    expect(await find('train', other)).toBeUndefined();
    await write((tx) => roles.remove(tx, one, 'train'));
    expect(await find('train')).toBeUndefined();
    await write((tx) => roles.remove(tx, one, 'train'));
  });

  it('are the same object while they are the same row, and another one after each write', async () => {
    await put('train', strong);
    const first = await find('train');
    expect(await find('train')).toBe(first);
    await put('train', strong);
    const second = await find('train');
    expect(second).toEqual(first);
    expect(second).not.toBe(first);
    store.clear();
    expect(await find('train')).not.toBe(second);
  });

  it('are listed in order, and what guards them is not', async () => {
    for (const name of ['b', 'a', 'c']) await put(name, weak);
    expect(await roles.names(temporary.storage.reader, one)).toEqual(['a', 'b', 'c']);
    expect(await roles.names(temporary.storage.reader, other)).toEqual([]);
    await expect(put(MANIFEST, weak)).rejects.toMatchObject({ code: 'internal' });
    await expect(find(MANIFEST)).rejects.toMatchObject({ code: 'internal' });
  });

  it('stay as they were when a transaction is undone', async () => {
    await put('train', weak);
    const undone = write(async (tx) => {
      await roles.put(tx, one, 'train', strong);
      await roles.put(tx, one, 'more', strong);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await find('train')).toEqual(weak);
    expect(await find('more')).toBeUndefined();
  });

  it('that are written at once are all kept', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => put(`role ${n}`, weak)));
    for (let n = 0; n < 20; n++) expect(await find(`role ${n}`)).toEqual(weak);
  });
});

describe('guarded records of which somebody changed the rows', () => {
  let old: Uint8Array;
  let oldManifest: Uint8Array;
  beforeEach(async () => {
    await put('train', weak);
    [old, oldManifest] = [await bytesOf('train'), await bytesOf(MANIFEST)];
    await put('train', strong);
    await put('weak', weak);
    await put('train', weak, other);
  });

  it.each<[string, () => Promise<unknown>, object]>([
    ['put back as it was', async () => overwrite('train', old), rolledBack],
    ['taken away', () => erase('train'), rolledBack],
    ['put in the place of another', async () => overwrite('train', await bytesOf('weak')), rolledBack],
    ['taken from another mount', async () => overwrite('train', await bytesOf('train', other)), rolledBack],
    ['changed in one bit', async () => overwrite('train', flipped(await bytesOf('train'))), rolledBack],
    [
      'changed in one bit that the manifest does not name',
      async () => overwrite('train', flipped(await bytesOf('train'), 30)),
      tampered,
    ],
    ['left without its manifest', () => erase(MANIFEST), rolledBack],
    ['left with an older manifest', async () => overwrite(MANIFEST, oldManifest), rolledBack],
    ['left with the manifest of another mount', async () => overwrite(MANIFEST, await bytesOf(MANIFEST, other)), tampered],
  ])('are not believed when one was %s', async (_name, attack, error) => {
    await attack();
    await expect(find('train')).rejects.toMatchObject(error);
    await expect(write((tx) => roles.remove(tx, one, 'train'))).rejects.toMatchObject(error);
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'was removed and is put back',
      async () => {
        const sealed = await bytesOf('train');
        await write((tx) => roles.remove(tx, one, 'train'));
        await add('train', sealed);
      },
    ],
    ['never was, as a copy of another', async () => add('new', await bytesOf('train'))],
  ])('are not believed when one %s', async (_name, attack) => {
    await attack();
    await expect(Promise.all(['train', 'new'].map((name) => find(name)))).rejects.toMatchObject(rolledBack);
  });
});

/** @param at from the end, where the tag is */
function flipped(sealed: Uint8Array, at = 1): Uint8Array {
  const changed = Uint8Array.from(sealed);
  changed[changed.length - at] = (changed[changed.length - at] ?? 0) ^ 1;
  return changed;
}

describe('passing records', () => {
  it('are inserted by one of many at once', async () => {
    const inserted = await Promise.all(Array.from({ length: 30 }, () => insert('nonce')));
    expect(inserted.filter(Boolean)).toHaveLength(1);
    expect(await insert('nonce', undefined, other)).toBe(true);
  });

  it('are removed by one of many at once', async () => {
    await insert('nonce');
    const removed = await Promise.all(Array.from({ length: 30 }, () => write((tx) => nonces.remove(tx, one, 'nonce'))));
    expect(removed.filter(Boolean)).toHaveLength(1);
  });

  it('are there again when the transaction that removed them is undone', async () => {
    await insert('nonce');
    const undone = write(async (tx) => {
      expect(await nonces.remove(tx, one, 'nonce')).toBe(true);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await insert('nonce')).toBe(false);
  });

  it('are not inserted again when they have expired, until they were cleaned up', async () => {
    await insert('nonce', 1000);
    expect(await insert('nonce', 5000)).toBe(false);
    await removeExpiredRecords(temporary.storage, store, 999, 10);
    expect(await insert('nonce', 5000)).toBe(false);
    await removeExpiredRecords(temporary.storage, store, 1000, 10);
    expect(await insert('nonce', 5000)).toBe(true);
  });

  it('are cleaned up in as many transactions as it takes, and what never expires stays', async () => {
    for (let n = 0; n < 25; n++) await insert(`nonce ${n}`, n);
    await insert('for ever');
    await put('train', strong);
    await removeExpiredRecords(temporary.storage, store, 1000, 10);
    expect(await nonces.names(temporary.storage.reader, one)).toEqual(['for ever']);
    expect(await find('train')).toEqual(strong);
  });

  it('are listed by what they begin with', async () => {
    for (const name of ['a/1', 'a/2', 'ab/1', 'b/1']) await insert(name);
    expect(await nonces.names(temporary.storage.reader, one, 'a/')).toEqual(['a/1', 'a/2']);
    expect(await nonces.names(temporary.storage.reader, one, 'c/')).toEqual([]);
  });

  it('are not believed in the place of another', async () => {
    await insert('a');
    await write((tx) => nonces.insert(tx, one, { name: 'b', value: 'other', expiresAt: undefined }));
    await overwrite('a', await bytesOf('b'));
    await expect(nonces.find(temporary.storage.reader, one, 'a')).rejects.toMatchObject(tampered);
  });

  it('of one collection are none of another', async () => {
    await insert('a');
    const sealed = await bytesOf('a');
    await add('a', sealed, 'jti');
    await expect(new PassingRecords(store, 'jti').find(temporary.storage.reader, one, 'a')).rejects.toMatchObject(tampered);
  });
});
