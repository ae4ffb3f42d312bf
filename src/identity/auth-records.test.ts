import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyringMigration } from '../keyring/key-table.ts';
import { openTestKeyring } from '../keyring/testing/test-keyring.ts';
import { openTemporaryStorage, type TemporaryStorage } from '../storage/testing/temporary-storage.ts';
import { authRecordMigration } from './auth-record-table.ts';
import { AuthRecordStore, GuardedRecords, PassingRecords, removeExpiredRecords } from './auth-records.ts';

const mount = { id: 'one', namespace: 'root' };
const other = { id: 'two', namespace: 'root' };

let temporary: TemporaryStorage;
let store: AuthRecordStore;
let attacker: DatabaseSync;
let roles: GuardedRecords<{ readonly policy: string }>;

beforeEach(async () => {
  temporary = await openTemporaryStorage([keyringMigration, authRecordMigration]);
  const keyring = await openTestKeyring(temporary.storage, ['one', 'two']);
  store = new AuthRecordStore(temporary.storage, keyring);
  roles = new GuardedRecords(store, 'role');
  attacker = new DatabaseSync(temporary.path);
  await put('a', 'first');
});
afterEach(async () => {
  attacker.close();
  await temporary[Symbol.asyncDispose]();
});

const put = (name: string, policy: string, at = mount) => temporary.storage.write((tx) => roles.put(tx, at, name, { policy }));
const remove = (name: string) => temporary.storage.write((tx) => roles.remove(tx, mount, name));
const find = (name: string, at = mount) => roles.find(temporary.storage.reader, at, name);
const sealed = (name: string) =>
  attacker.prepare('select sealed from auth_record where name = ? and mount_id = ?').get(name, 'one');
const overwrite = (name: string, bytes: unknown, id = 'one') =>
  attacker.prepare('update auth_record set sealed = ? where name = ? and mount_id = ?').run(bytes as Uint8Array, name, id);

describe('guarded records', () => {
  it('give the same object for as long as the row is the same', async () => {
    const first = await find('a');
    expect(first).toEqual({ policy: 'first' });
    expect(await find('a')).toBe(first);
    await put('a', 'first');
    expect(await find('a')).not.toBe(first);
  });

  it('are listed in order, without what holds them together', async () => {
    for (const name of ['c', 'b']) await put(name, 'x');
    expect(await roles.names(temporary.storage.reader, mount)).toEqual(['a', 'b', 'c']);
    await remove('b');
    expect(await roles.names(temporary.storage.reader, mount)).toEqual(['a', 'c']);
    expect(await find('b')).toBeUndefined();
  });

  it('of one mount are none of another', async () => {
    expect(await find('a', other)).toBeUndefined();
    await put('a', 'second', other);
    expect(await find('a')).toEqual({ policy: 'first' });
  });

  it.each([
    [
      'put back as it was',
      async () => {
        const old = sealed('a')?.['sealed'];
        await put('a', 'second');
        overwrite('a', old);
      },
      'keyring.rolled-back',
    ],
    [
      'removed behind our back',
      async () => void attacker.exec("delete from auth_record where name = 'a'"),
      'keyring.rolled-back',
    ],
    [
      'put back after it was removed',
      async () => {
        const old = sealed('a')?.['sealed'] as Uint8Array;
        await remove('a');
        attacker.prepare("insert into auth_record values ('one', 'role', 'a', null, ?)").run(old);
      },
      'keyring.rolled-back',
    ],
    [
      'changed',
      async () => {
        const bytes = Buffer.from(sealed('a')?.['sealed'] as Uint8Array);
        bytes.writeUInt8(bytes.readUInt8(40) ^ 1, 40);
        overwrite('a', bytes);
      },
      'keyring.tampered',
    ],
    [
      'exchanged for that of another role, inventory and all',
      async () => {
        await put('b', 'wide');
        overwrite('a', sealed('b')?.['sealed']);
      },
      'keyring.rolled-back',
    ],
  ])('let nobody in by a row that was %s', async (_name, attack, code) => {
    await attack();
    await expect(find('a')).rejects.toMatchObject({ code });
  });

  it('cannot be moved to another mount', async () => {
    await put('a', 'second', other);
    for (const name of ['', 'a']) overwrite(name, sealed(name)?.['sealed'], 'two');
    await expect(find('a', other)).rejects.toMatchObject({ code: 'keyring.tampered' });
  });
});

describe('passing records', () => {
  const nonces = () => new PassingRecords<true>(store, 'nonce');
  const use = (name: string, expiresAt = 10) =>
    temporary.storage.write((tx) => nonces().insert(tx, mount, { name, value: true, expiresAt }));

  it('are made by exactly one of many', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => use('n')));
    expect(made.filter(Boolean)).toHaveLength(1);
  });

  it('are removed by exactly one of many', async () => {
    await use('n');
    const removed = await Promise.all(
      Array.from({ length: 20 }, () => temporary.storage.write((tx) => nonces().remove(tx, mount, 'n'))),
    );
    expect(removed.filter(Boolean)).toHaveLength(1);
  });

  it('go when they have expired, in as many transactions as it takes, and nothing else does', async () => {
    for (let i = 0; i < 7; i++) await use(`old ${i}`, 10 + i);
    await use('new', 1000);
    await removeExpiredRecords(temporary.storage, store, 20, 3);
    expect(await nonces().names(temporary.storage.reader, mount)).toEqual(['new']);
    expect(await find('a')).toEqual({ policy: 'first' });
  });

  it('are listed by how their names begin', async () => {
    for (const name of ['a/1', 'a/2', 'b/1', 'a']) await use(name, 1000);
    expect(await nonces().names(temporary.storage.reader, mount, 'a/')).toEqual(['a/1', 'a/2']);
  });
});
