import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { WatchwordError } from '../foundation/errors.ts';
import type { Migration, Storage } from './contract.ts';
import { openSqlite } from './sqlite.ts';
import { openTemporaryStorage } from './testing/temporary-storage.ts';

type Tables = { item: { id: number; text: string; bytes: Uint8Array | null } };

const items: Migration = {
  name: 'test-0001-item',
  async up(db, types) {
    await db.schema
      .createTable('item')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('text', 'text', (column) => column.notNull())
      .addColumn('bytes', types.blob === 'blob' ? 'blob' : 'bytea')
      .execute();
  },
};

const insert = (storage: Storage) =>
  storage.prepare<{ id: number; text: string }, never>((db, parameter) =>
    db
      .withTables<Tables>()
      .insertInto('item')
      .values({ id: parameter('id'), text: parameter('text') }),
  );
const count = async (storage: Storage): Promise<number> =>
  (await storage.reader.query.withTables<Tables>().selectFrom('item').select('id').execute()).length;

describe('the embedded database', () => {
  it('undoes only the work that failed, although a group is committed together', async () => {
    await using temporary = await openTemporaryStorage([items]);
    const { storage } = temporary;
    const add = insert(storage);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 300 }, (_, id) =>
        storage.write(async (tx) => {
          await add.all(tx, { id, text: `row ${id}` });
          if (id % 3 === 0) throw new WatchwordError('request.invalid');
          return id;
        }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(100);
    expect(await count(storage)).toBe(200);
  });

  it('never shows a reader what is not committed', async () => {
    await using temporary = await openTemporaryStorage([items]);
    const { storage } = temporary;
    const add = insert(storage);
    await storage.write(async (tx) => {
      await add.all(tx, { id: 1, text: 'open' });
      expect(await tx.query.withTables<Tables>().selectFrom('item').select('id').execute()).toHaveLength(1);
      expect(await count(storage)).toBe(0);
    });
    expect(await count(storage)).toBe(1);
  });

  it('shows a commit to whatever is read after it, in the same turn, and what others change in the next one', async () => {
    await using temporary = await openTemporaryStorage([items]);
    const { storage } = temporary;
    const add = insert(storage);
    const read = storage.prepare<{ id: number }, { text: string }>((db, parameter) =>
      db.withTables<Tables>().selectFrom('item').select('text').where('id', '=', parameter('id')),
    );
    const text = async (id: number) => (await read.first(storage.reader, { id }))?.text;
    expect(await text(1)).toBeUndefined();
    await storage.write((tx) => add.all(tx, { id: 1, text: 'mine' }));
    expect(await text(1)).toBe('mine');
    const before = storage.reader.commits;
    const other = new DatabaseSync(temporary.path);
    other.exec("update item set text = 'theirs' where id = 1");
    other.close();
    await nextTurn();
    expect(storage.reader.commits).not.toBe(before);
    expect(await text(1)).toBe('theirs');
  });

  it('runs after-commit actions once the change is visible, and not for a failed work', async () => {
    await using temporary = await openTemporaryStorage([items]);
    const { storage } = temporary;
    const add = insert(storage);
    const seen: string[] = [];
    await storage.write(async (tx) => {
      tx.afterCommit(() => seen.push('kept'));
      await add.all(tx, { id: 1, text: 'a' });
    });
    await storage
      .write(async (tx) => {
        tx.afterCommit(() => seen.push('undone'));
        await add.all(tx, { id: 1, text: 'duplicate' });
      })
      .catch(() => {});
    expect(seen).toEqual(['kept']);
  });

  it('binds parameters of a prepared query by name and gives blobs back unchanged', async () => {
    await using temporary = await openTemporaryStorage([items]);
    const { storage } = temporary;
    const put = storage.prepare<{ b: Uint8Array; i: number }, never>((db, parameter) =>
      db
        .withTables<Tables>()
        .insertInto('item')
        .values({ text: 'fixed', bytes: parameter('b'), id: parameter('i') }),
    );
    const get = storage.prepare<{ id: number }, Tables['item']>((db, parameter) =>
      db.withTables<Tables>().selectFrom('item').selectAll().where('text', '=', 'fixed').where('id', '=', parameter('id')),
    );
    await storage.write((tx) => put.all(tx, { i: 7, b: Uint8Array.of(0, 255, 128) }));
    expect(await get.first(storage.reader, { id: 7 })).toMatchObject({ id: 7, bytes: Uint8Array.of(0, 255, 128) });
    expect(await get.first(storage.reader, { id: 8 })).toBeUndefined();
  });

  it('refuses a whole group when the disk is full, keeps what was acknowledged, and goes on when there is space', async () => {
    await using temporary = await openTemporaryStorage([items], 40);
    const { storage } = temporary;
    const add = insert(storage);
    let acknowledged = 0;
    let refused: unknown;
    for (let id = 0; id < 200 && refused === undefined; id++) {
      await storage
        .write((tx) => add.all(tx, { id, text: 'x'.repeat(2000) }))
        .then(
          () => acknowledged++,
          (error: unknown) => {
            refused = error;
          },
        );
    }
    expect(refused).toMatchObject({ code: 'storage.unavailable' });
    expect(await count(storage)).toBe(acknowledged);
    await storage.write((tx) => tx.query.withTables<Tables>().deleteFrom('item').where('id', '<', 10).execute());
    await storage.write((tx) => add.all(tx, { id: 1000, text: 'again' }));
    expect(await count(storage)).toBe(acknowledged - 9);
  });

  it('refuses a second owner, and is free again after the first was killed', async () => {
    await using temporary = await openTemporaryStorage([items]);
    await expect(openSqlite({ path: temporary.path })).rejects.toMatchObject({ code: 'storage.in-use' });
    const other = join(temporary.directory, 'other.db');
    const program = `import { openSqlite } from ${JSON.stringify(join(import.meta.dirname, 'sqlite.ts'))};
      await openSqlite({ path: ${JSON.stringify(other)} }); console.log('open'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await expect(openSqlite({ path: other })).rejects.toMatchObject({ code: 'storage.in-use' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await openSqlite({ path: other })).close();
  });

  it('keeps its files to the owner', async () => {
    await using temporary = await openTemporaryStorage([items]);
    for (const suffix of ['', '-wal', '-shm', '.lock']) {
      expect(statSync(temporary.path + suffix).mode & 0o777, suffix).toBe(0o600);
    }
  });

  it('refuses a database that a newer program made', async () => {
    await using temporary = await openTemporaryStorage([items]);
    await expect(temporary.storage.migrate([])).rejects.toMatchObject({ code: 'configuration.invalid' });
  });
});
