import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { WatchwordError } from '../foundation/errors.ts';
import { Checkpointing } from './checkpointing.ts';
import type { AnyQuery, ColumnTypes, Reader, Storage } from './contract.ts';
import { migrate } from './migrate.ts';
import { prepare, type SqliteExecutor } from './prepared.ts';
import { Snapshot } from './snapshot.ts';
import { kyselyOver } from './sqlite-dialect.ts';
import { WriteQueue } from './write-queue.ts';

export interface SqliteOptions {
  /** Database file; `-wal`, `-shm` and `.lock` stand beside it. All are 0600. */
  readonly path: string;
  /** Pages of 4 KiB at most; for tests of a full disk. */
  readonly maxPages?: number;
}

const SETTINGS = [
  'PRAGMA journal_mode = WAL',
  'PRAGMA synchronous = FULL',
  'PRAGMA foreign_keys = ON',
  'PRAGMA trusted_schema = OFF',
  // What was deleted is overwritten: a wrapped key that still lay in a free page would not be destroyed.
  'PRAGMA secure_delete = ON',
  'PRAGMA cell_size_check = ON',
  'PRAGMA busy_timeout = 2000',
  'PRAGMA cache_size = -32768',
  'PRAGMA mmap_size = 1073741824',
  'PRAGMA journal_size_limit = 67108864',
];

const columnTypes: ColumnTypes = { blob: 'blob', orderedText: 'text' };

/**
 * Opens (or makes) the embedded database for this process alone.
 * @throws WatchwordError `storage.in-use` when another process has it open; `storage.unavailable` when it cannot be read.
 */
export async function openSqlite(options: SqliteOptions): Promise<Storage> {
  const lock = takeLock(`${options.path}.lock`);
  try {
    return new SqliteStorage(options, lock);
  } catch (error) {
    lock.close();
    throw storageError(error);
  }
}

/** An operating-system lock on a file of its own: gone with the process, however that ends. */
function takeLock(path: string): DatabaseSync {
  makePrivate(path);
  const lock = new DatabaseSync(path);
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    const busy = error instanceof Error && 'errcode' in error && error.errcode === 5;
    throw busy ? new WatchwordError('storage.in-use') : storageError(error);
  }
}

/** SQLite gives `-wal` and `-shm` the mode of the database file, so that file is made first. */
function makePrivate(path: string): void {
  if (existsSync(path)) chmodSync(path, 0o600);
  else closeSync(openSync(path, 'a', 0o600));
}

/** What SQLite says of disk and file becomes `storage.unavailable`; its text may quote values and is kept as cause only. */
function storageError(error: unknown): Error {
  if (error instanceof WatchwordError) return error;
  if (error instanceof Error && 'errcode' in error) return new WatchwordError('storage.unavailable', undefined, { cause: error });
  return error instanceof Error ? error : new WatchwordError('internal', undefined, { cause: error });
}

class SqliteStorage implements Storage {
  readonly #lock: DatabaseSync;
  readonly #writer: DatabaseSync;
  readonly #readerDatabase: DatabaseSync;
  readonly #queue: WriteQueue;
  readonly #checkpointing: Checkpointing;
  readonly #snapshot: Snapshot;
  readonly #builder: AnyQuery;
  readonly reader: Reader & SqliteExecutor;

  constructor({ path, maxPages }: SqliteOptions, lock: DatabaseSync) {
    this.#lock = lock;
    makePrivate(path);
    this.#writer = new DatabaseSync(path);
    for (const setting of SETTINGS) this.#writer.exec(setting);
    if (maxPages !== undefined) this.#writer.exec(`PRAGMA max_page_count = ${Math.trunc(maxPages)}`);
    this.#readerDatabase = new DatabaseSync(path);
    for (const setting of SETTINGS) this.#readerDatabase.exec(setting);
    this.#readerDatabase.exec('PRAGMA query_only = ON');
    this.#builder = kyselyOver(this.#writer);
    this.#checkpointing = new Checkpointing(this.#writer, path);
    const onCommit = () => this.#checkpointing.committed();
    this.#snapshot = new Snapshot(this.#writer);
    const onBegin = () => this.#snapshot.leave();
    this.#queue = new WriteQueue({ database: this.#writer, query: this.#builder, translate: storageError, onBegin, onCommit });
    this.reader = committedReader(this.#readerDatabase, this.#writer, this.#queue, this.#snapshot);
  }

  write: Storage['write'] = (work) => this.#queue.add(work);

  prepare: Storage['prepare'] = (build) => prepare(this.#builder, build, storageError);

  migrate: Storage['migrate'] = (migrations) => migrate(this, migrations, columnTypes);

  async close(): Promise<void> {
    await this.#queue.idle();
    await this.#checkpointing.close();
    this.#snapshot.leave();
    this.#readerDatabase.close();
    this.#writer.close();
    this.#lock.close();
  }
}

/**
 * Between two transactions the writer sees what is committed and nothing else, and its cache outlives its own commits, while
 * a commit empties the reader's. So whatever only reads uses the writer then.
 */
function committedReader(
  reader: DatabaseSync,
  writer: DatabaseSync,
  queue: WriteQueue,
  snapshot: Snapshot,
): Reader & SqliteExecutor {
  return {
    mode: 'read',
    query: kyselyOver(reader),
    database: reader,
    get readingDatabase() {
      if (queue.writing) return reader;
      snapshot.enter();
      return writer;
    },
    get commits() {
      if (!queue.writing) snapshot.enter();
      return queue.commits + snapshot.foreignCommits;
    },
  };
}
