import type { DatabaseSync, StatementSync } from 'node:sqlite';

/**
 * One read transaction for whatever a turn of the event loop reads: taking SQLite's locks and giving them back costs more system
 * calls than most queries cost time. It ends before the connection writes, so that nobody reads what was before a commit.
 */
export class Snapshot {
  readonly #begin: StatementSync;
  readonly #end: StatementSync;
  readonly #askVersion: StatementSync;
  #open = false;
  #version: unknown;
  /** Number of snapshots before which somebody else had changed the database. */
  foreignCommits = 0;

  constructor(database: DatabaseSync) {
    this.#begin = database.prepare('BEGIN');
    this.#end = database.prepare('COMMIT');
    this.#askVersion = database.prepare('PRAGMA data_version');
  }

  /** To be called before each read, while the connection is not writing. */
  enter(): void {
    if (this.#open) return;
    this.#begin.run();
    this.#open = true;
    setImmediate(() => this.leave());
    const version = this.#askVersion.get()?.['data_version'];
    if (version !== this.#version) this.foreignCommits += 1;
    this.#version = version;
  }

  /** To be called before the connection writes or is closed. */
  leave(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#end.run();
  }
}
