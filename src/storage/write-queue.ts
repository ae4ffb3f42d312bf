import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { WatchwordError } from '../foundation/errors.ts';
import type { AnyQuery, Transaction } from './contract.ts';
import type { SqliteExecutor } from './prepared.ts';

type Work = (tx: Transaction) => Promise<unknown>;

interface Pending {
  readonly work: Work;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** What became of one work before the commit. */
type Attempt = { readonly pending: Pending; readonly actions: (() => void)[] } & (
  | { readonly done: true; readonly result: unknown }
  | { readonly done: false; readonly error: Error }
);

const GROUP_LIMIT = 128;
/** A commit costs several times as much as waiting for company does. */
const GATHER_MS = 1;
const QUEUE_LIMIT = 20_000;

export interface WriteQueueOptions {
  readonly database: DatabaseSync;
  readonly query: AnyQuery;
  readonly translate: (error: unknown) => Error;
  /** Just before a transaction begins. */
  readonly onBegin: () => void;
  readonly onCommit: () => void;
}

/**
 * Commits what arrives in one turn of the event loop together: one fsync for many changes. Each work has its own savepoint;
 * nobody hears of success or failure before the commit, since a work may have built on another of its group.
 */
export class WriteQueue {
  readonly #database: DatabaseSync;
  readonly #query: AnyQuery;
  readonly #translate: (error: unknown) => Error;
  readonly #onBegin: () => void;
  readonly #onCommit: () => void;
  readonly #begin: StatementSync;
  readonly #commitAll: StatementSync;
  readonly #savepoint: StatementSync;
  readonly #release: StatementSync;
  #queue: Pending[] = [];
  #draining: Promise<void> | undefined;
  /** The last group was more than one change. */
  #crowded = false;
  /** Transactions committed since the start. */
  commits = 0;
  /** True while a transaction is open. */
  writing = false;

  constructor({ database, query, translate, onBegin, onCommit }: WriteQueueOptions) {
    this.#database = database;
    this.#query = query;
    this.#translate = translate;
    this.#onBegin = onBegin;
    this.#onCommit = onCommit;
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commitAll = database.prepare('COMMIT');
    this.#savepoint = database.prepare('SAVEPOINT work');
    this.#release = database.prepare('RELEASE work');
  }

  add<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    if (this.#queue.length >= QUEUE_LIMIT)
      return Promise.reject(new WatchwordError('storage.unavailable', 'too many changes are waiting'));
    return new Promise<Result>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as (result: unknown) => void, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves when nothing is waiting any more. */
  async idle(): Promise<void> {
    await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#gather();
      const group = this.#queue.splice(0, GROUP_LIMIT);
      this.#crowded = group.length > 1;
      await this.#commit(group);
    }
    this.#draining = undefined;
  }

  /** The rest of this turn's requests join the group; where several come at a time, those of the next moment too. */
  async #gather(): Promise<void> {
    await (this.#crowded ? delay(GATHER_MS) : nextTurn());
  }

  async #commit(group: readonly Pending[]): Promise<void> {
    const attempts: Attempt[] = [];
    try {
      this.#onBegin();
      this.writing = true;
      this.#begin.run();
      for (const pending of group) attempts.push(await this.#attempt(pending));
      this.#commitAll.run();
      this.commits += 1;
      this.#onCommit();
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      const failure = this.#translate(error);
      for (const pending of group) pending.reject(failure);
      return;
    } finally {
      this.writing = false;
    }
    for (const attempt of attempts) {
      if (!attempt.done) attempt.pending.reject(attempt.error);
      else {
        for (const action of attempt.actions) action();
        attempt.pending.resolve(attempt.result);
      }
    }
  }

  async #attempt(pending: Pending): Promise<Attempt> {
    const actions: (() => void)[] = [];
    const tx: Transaction & SqliteExecutor = {
      mode: 'write',
      query: this.#query,
      database: this.#database,
      afterCommit: (action) => actions.push(action),
    };
    this.#savepoint.run();
    try {
      const result = await pending.work(tx);
      this.#release.run();
      return { pending, actions, done: true, result };
    } catch (error) {
      // A full disk makes SQLite roll back everything by itself: then nothing of the group stands.
      if (!this.#database.isTransaction) throw error;
      this.#database.exec('ROLLBACK TO work');
      this.#database.exec('RELEASE work');
      return { pending, actions, done: false, error: this.#translate(error) };
    }
  }
}
