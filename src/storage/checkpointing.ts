import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';

/** After a commit, wait this long for more of them. */
const GATHER_MS = 100;
/** Pages of 4 KiB in the write-ahead log. While there is always somebody writing it is never begun anew by itself. */
const LONGEST_LOG = 8192;

/**
 * Source text, since the product is bundled into single files. A checkpoint that fails is tried again after the next commit;
 * what it was to move stays in the write-ahead log.
 */
const WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const { DatabaseSync } = require('node:sqlite');
const database = new DatabaseSync(workerData);
database.exec('PRAGMA busy_timeout = 0; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0');
const statement = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
parentPort.on('message', (message) => {
  if (message === 'close') {
    database.close();
    parentPort.close();
    return;
  }
  try {
    parentPort.postMessage(statement.get().log);
  } catch {
    parentPort.postMessage(0);
  }
});
`;

/** Moves committed pages from the write-ahead log to the database file on a thread of its own: requests don't wait for it. */
export class Checkpointing {
  readonly #database: DatabaseSync;
  readonly #path: string;
  #worker: Worker | undefined;
  #due: NodeJS.Timeout | undefined;
  #running = false;
  #again = false;
  #closed = false;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    database.exec('PRAGMA wal_autocheckpoint = 0');
  }

  /** Call after each commit. */
  committed(): void {
    if (this.#running) this.#again = true;
    else this.#due ??= setTimeout(() => this.#begin(), GATHER_MS).unref();
  }

  /** No checkpoint begins or runs any more when this resolves. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#due);
    const worker = this.#worker;
    if (worker === undefined) return;
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    worker.ref();
    worker.postMessage('close');
    await exited;
  }

  #begin(): void {
    this.#due = undefined;
    this.#running = true;
    this.#worker ??= this.#start();
    this.#worker.postMessage('checkpoint');
  }

  #start(): Worker {
    const worker = new Worker(WORKER, { eval: true, workerData: this.#path, execArgv: [] });
    worker.on('message', (pages: number) => this.#ended(pages));
    worker.on('error', () => this.#ended(LONGEST_LOG));
    worker.once('exit', () => {
      this.#worker = undefined;
    });
    worker.unref();
    return worker;
  }

  #ended(pages: number): void {
    this.#running = false;
    if (this.#closed) return;
    if (pages >= LONGEST_LOG) this.#beginAnew();
    if (this.#again) {
      this.#again = false;
      this.committed();
    }
  }

  /** Most pages were moved a moment ago, so that this takes little. */
  #beginAnew(): void {
    if (this.#database.isTransaction) {
      this.#again = true;
      return;
    }
    try {
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      this.#again = true;
    }
  }
}
