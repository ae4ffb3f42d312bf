import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Migration, Storage } from '../contract.ts';
import { openSqlite } from '../sqlite.ts';

export interface TemporaryStorage extends AsyncDisposable {
  readonly storage: Storage;
  readonly directory: string;
  readonly path: string;
}

/** A real database in a temporary folder, removed with `await using`. */
export async function openTemporaryStorage(migrations: readonly Migration[] = [], maxPages?: number): Promise<TemporaryStorage> {
  const directory = await mkdtemp(join(tmpdir(), 'watchword-'));
  const path = join(directory, 'store.db');
  const storage = await openSqlite({ path, ...(maxPages === undefined ? {} : { maxPages }) });
  await storage.migrate(migrations);
  return {
    storage,
    directory,
    path,
    async [Symbol.asyncDispose]() {
      await storage.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
