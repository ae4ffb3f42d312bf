import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NOW, openTestEngine, type TestEngine, testMount, testSession } from './testing/engine.ts';

/** Everything here is done by somebody who can write to the database, but has no key. */
let engine: TestEngine;
beforeEach(async () => {
  engine = await openTestEngine();
});
afterEach(() => engine[Symbol.asyncDispose]());

type Row = Record<string, string | number | Uint8Array | null>;
const write = (path: string, n: number, mount = testMount('secret')) =>
  engine.perform('kv.write', { path, data: { n } }, { mount });
const read = async (path: string, version?: number, mount = testMount('secret')) => {
  const { output } = await engine.perform('kv.read', { path, version }, { mount });
  return output?.data === undefined ? null : JSON.parse(output.data.text).n;
};
const entryRow = (path: string) => engine.attack('select * from kv_entry where path = ?', path)[0] as Row;
const versionRow = (path: string, version: number) =>
  engine.attack(
    'select v.* from kv_version v join kv_entry e using (entry_id) where e.path = ? and v.version = ?',
    path,
    version,
  )[0] as Row;
function restore(table: 'kv_entry' | 'kv_version', row: Row): void {
  const columns = Object.keys(row);
  engine.attack(
    `insert or replace into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`,
    ...Object.values(row),
  );
}

const tampered = { code: 'keyring.tampered' };
const rolledBack = { code: 'keyring.rolled-back' };
/** Nothing that needs the entry may go on working on it. */
async function expectRefused(path: string, error: object, mount = testMount('secret')): Promise<void> {
  await expect(engine.perform('kv.read', { path }, { mount })).rejects.toMatchObject(error);
  await expect(engine.perform('kv.metadata.read', { path }, { mount })).rejects.toMatchObject(error);
  await expect(engine.perform('kv.subkeys', { path }, { mount })).rejects.toMatchObject(error);
  await expect(engine.perform('kv.write', { path, data: { n: 9 } }, { mount })).rejects.toMatchObject(error);
  await expect(engine.perform('kv.patch', { path, data: { n: 9 } }, { mount })).rejects.toMatchObject(error);
  await expect(engine.perform('kv.undelete-versions', { path, versions: [1] }, { mount })).rejects.toMatchObject(error);
}

describe('a ciphertext that was moved', () => {
  it('to another path is refused', async () => {
    await write('a', 1);
    await write('b', 2);
    engine.attack('update kv_entry set sealed = ? where path = ?', entryRow('a').sealed as Uint8Array, 'b');
    await expectRefused('b', tampered);
    expect(await read('a')).toBe(1);
  });

  it('with all its rows to another path is refused', async () => {
    await write('a', 1);
    engine.attack("update kv_entry set path = 'b' where path = 'a'");
    await expectRefused('b', tampered);
    expect(await read('a')).toBeNull();
  });

  it('to another mount is refused, rows and all', async () => {
    await write('a', 1);
    engine.attack("update kv_entry set mount_id = 'other' where path = 'a'");
    await expectRefused('a', tampered, testMount('other'));
  });

  it('to another version is refused', async () => {
    await write('a', 1);
    await write('a', 2);
    const [first, second] = [versionRow('a', 1), versionRow('a', 2)];
    restore('kv_version', { ...second, sealed: first.sealed ?? null });
    await expectRefused('a', rolledBack);
    restore('kv_version', second);
    restore('kv_version', { ...first, sealed: second.sealed ?? null });
    await expect(read('a', 1)).rejects.toMatchObject(rolledBack);
    expect(await read('a', 2)).toBe(2);
  });

  it('from the value of another secret is refused', async () => {
    await write('a', 1);
    await write('b', 2);
    restore('kv_version', { ...versionRow('b', 1), sealed: versionRow('a', 1).sealed ?? null });
    await expectRefused('b', rolledBack);
  });

  it('by pointing an entry at the rows of another is refused', async () => {
    await write('a', 1);
    await write('b', 2);
    const stolen = entryRow('a').entry_id as string;
    engine.attack("delete from kv_entry where path = 'a'");
    engine.attack("update kv_entry set entry_id = ? where path = 'b'", stolen);
    await expectRefused('b', rolledBack);
  });
});

describe('a single older row', () => {
  it('of the entry is refused, whatever the change was that it hides', async () => {
    const changes: Record<string, (path: string) => Promise<unknown>> = {
      write: (path) => write(path, 3),
      delete: (path) => engine.perform('kv.delete', { path }),
      'delete of an older version': (path) => engine.perform('kv.delete-versions', { path, versions: [1] }),
      destroy: (path) => engine.perform('kv.destroy-versions', { path, versions: [2] }),
      'destroy of an older version': (path) => engine.perform('kv.destroy-versions', { path, versions: [1] }),
      metadata: (path) => engine.perform('kv.metadata.write', { path, casRequired: true }),
      'removal and a new life': async (path) => {
        await engine.perform('kv.metadata.delete', { path });
        await write(path, 1);
        await write(path, 2);
      },
    };
    for (const [name, change] of Object.entries(changes)) {
      await write(name, 1);
      await write(name, 2);
      const before = entryRow(name);
      await change(name);
      restore('kv_entry', before);
      await expectRefused(name, rolledBack);
      await expect(read(name, 1)).rejects.toMatchObject(rolledBack);
    }
  });

  it('of the entry is refused after its removal', async () => {
    await write('a', 1);
    const before = entryRow('a');
    await engine.perform('kv.metadata.delete', { path: 'a' });
    restore('kv_entry', before);
    await expectRefused('a', rolledBack);
  });

  it('of an entry without versions is refused too', async () => {
    await engine.perform('kv.metadata.write', { path: 'a', casRequired: true });
    const before = entryRow('a');
    await engine.perform('kv.metadata.write', { path: 'a', casRequired: false });
    restore('kv_entry', before);
    await expectRefused('a', rolledBack);
  });

  it('of the settings of a mount is refused: nothing is written under settings of the past', async () => {
    await engine.perform('kv.config.write', { casRequired: false });
    const before = entryRow('');
    await engine.perform('kv.config.write', { casRequired: true });
    restore('kv_entry', before);
    await expect(write('a', 1)).rejects.toMatchObject(rolledBack);
    await expect(engine.perform('kv.config.read', {})).rejects.toMatchObject(rolledBack);
  });

  it('of a version is refused: sealed anew with a later change, or of an earlier life', async () => {
    await write('a', 1);
    const sealedBefore = versionRow('a', 1);
    await engine.perform('kv.metadata.write', { path: 'a', maxVersions: 3 });
    restore('kv_version', sealedBefore);
    await expectRefused('a', rolledBack);

    await write('b', 1);
    const earlierLife = versionRow('b', 1);
    await engine.perform('kv.metadata.delete', { path: 'b' });
    await write('b', 2);
    restore('kv_version', { ...versionRow('b', 1), sealed: earlierLife.sealed ?? null });
    await expectRefused('b', rolledBack);
  });

  it('of an unversioned secret is refused, entry or value', async () => {
    const kv1 = testMount('other', { version: '1' });
    const put = (n: number) => engine.perform('kv1.write', { path: 'a', data: { n } }, { mount: kv1 });
    await put(1);
    const [entry, version] = [entryRow('a'), versionRow('a', 1)];
    await put(2);
    const [newEntry, newVersion] = [entryRow('a'), versionRow('a', 1)];
    restore('kv_entry', entry);
    await expect(engine.perform('kv1.read', { path: 'a' }, { mount: kv1 })).rejects.toMatchObject(rolledBack);
    restore('kv_entry', newEntry);
    restore('kv_version', version);
    await expect(engine.perform('kv1.read', { path: 'a' }, { mount: kv1 })).rejects.toMatchObject(rolledBack);
    restore('kv_version', newVersion);
    expect((await engine.perform('kv1.read', { path: 'a' }, { mount: kv1 })).output?.data.text).toBe('{"n":2}');
  });
});

describe('a row that was removed, added or bent', () => {
  it('is refused when the value is gone', async () => {
    await write('a', 1);
    await write('a', 2);
    engine.attack('delete from kv_version where version = 1');
    await expect(read('a', 1)).rejects.toMatchObject(rolledBack);
    expect(await read('a')).toBe(2);
    engine.attack('delete from kv_version where version = 2');
    await expectRefused('a', rolledBack);
  });

  it('is refused when a version was put on top', async () => {
    await write('a', 1);
    restore('kv_version', { ...versionRow('a', 1), version: 2 });
    await expectRefused('a', rolledBack);
  });

  it('brings no destroyed value back', async () => {
    await write('a', 1);
    await write('a', 2);
    const destroyed = versionRow('a', 1);
    await engine.perform('kv.destroy-versions', { path: 'a', versions: [1] });
    restore('kv_version', destroyed);
    expect(await read('a', 1)).toBeNull();
    await expect(engine.perform('kv.undelete-versions', { path: 'a', versions: [1] })).resolves.toBeDefined();
    expect(await read('a', 1)).toBeNull();
  });

  it('is refused for any single flipped byte and any other generation', async () => {
    await write('a', 1);
    for (const [table, row] of [['kv_entry', entryRow('a')] as const, ['kv_version', versionRow('a', 1)] as const]) {
      const sealed = row.sealed as Uint8Array;
      for (let index = 0; index < sealed.length; index += 7) {
        const bent = Uint8Array.from(sealed);
        bent[index] = (bent[index] ?? 0) ^ 1;
        restore(table, { ...row, sealed: bent });
        await expect(read('a')).rejects.toMatchObject({ kind: 'corrupt' });
      }
      restore(table, row);
    }
    engine.attack('update kv_entry set generation = generation + 1');
    await expectRefused('a', tampered);
  });
});

describe('the database files', () => {
  it('hold no value, custom metadata or wrapped answer in clear', async () => {
    const canaries = Array.from({ length: 40 }, (_, n) => `canary-${n}-${Math.random().toString(36).slice(2)}`);
    const next = () => canaries.pop() ?? 'none left';
    const used = [...canaries];
    const kv1 = testMount('other', { version: '1' });
    const session = testSession('abc');
    for (let n = 0; n < 8; n++) {
      await engine.perform('kv.write', { path: `p/${n}`, data: { [next()]: next() } });
      await engine.perform('kv.patch', { path: `p/${n}`, data: { more: next() } });
    }
    await engine.perform('kv.metadata.write', { path: 'p/1', custom: { note: next() } });
    await engine.perform('kv.destroy-versions', { path: 'p/2', versions: [1, 2] });
    await engine.perform('kv1.write', { path: 'x', data: { v: next() } }, { mount: kv1 });
    await engine.perform('cubbyhole.write', { path: 'x', data: { v: next() } }, { session });
    const answer = next();
    await engine.storage.write((tx) => engine.cubbyhole.putWrapped(tx, 'abc', Buffer.from(answer), NOW));
    await expect(engine.perform('kv.write', { path: 'p/1', data: { v: next() }, cas: 99 })).rejects.toThrow();
    for (const file of ['store.db', 'store.db-wal']) {
      const bytes = await readFile(join(engine.directory, file));
      for (const canary of used) {
        expect(bytes.includes(canary)).toBe(false);
        expect(bytes.includes(Buffer.from(canary).toString('base64').slice(0, 12))).toBe(false);
      }
    }
  });
});
