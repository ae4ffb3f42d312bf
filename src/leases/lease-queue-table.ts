import { sql } from 'kysely';
import type { Executor, Prepared, Storage, Transaction } from '../storage/contract.ts';
import { type LeaseRow, type LeaseTables, leaseColumns, leaseRows } from './lease-table.ts';

/** The same rows as work: when each is due, and who has taken it on. */
export class LeaseQueue {
  readonly #due: Prepared<{ target: string; now: number; limit: number }, { lease_id: string }>;
  readonly #nextTarget: Prepared<{ after: string }, { target: string | null }>;

  constructor(storage: Storage) {
    this.#due = storage.prepare((db, parameter) =>
      db
        .withTables<LeaseTables>()
        .selectFrom('lease')
        .select('lease_id')
        .where('target', '=', parameter('target'))
        .where('due_at', '<=', parameter('now'))
        // SQLite lets somebody put in a row without an id, which nobody could take on.
        .where('lease_id', 'is not', null)
        .orderBy('due_at')
        .limit(parameter('limit')),
    );
    this.#nextTarget = storage.prepare((db, parameter) =>
      db
        .withTables<LeaseTables>()
        .selectFrom('lease')
        .select((eb) => eb.fn.min('target').as('target'))
        .where('target', '>', parameter('after')),
    );
  }

  /** Brings forward what somebody waits for, or what is known to be over: its row is due now. */
  async hasten(tx: Transaction, id: string, now: number): Promise<void> {
    await leaseRows(tx)
      .updateTable('lease')
      .set({ due_at: now })
      .where('lease_id', '=', id)
      .where('due_at', '>', now)
      .where('state', '!=', 'active')
      .execute();
  }

  /**
   * Every lease whose making or taking back was interrupted is due now, what has waited longest first: for a start, when nobody is
   * at any. What was looked for already, and only waits for what may still arrive at its target, goes on waiting: a server that is
   * killed again and again would do nothing else.
   * @param soon milliseconds since the epoch: all of them are due before that @param arrived what still waits so is due before that
   */
  async hastenInterrupted(
    tx: Transaction,
    { now, soon, arrived }: { readonly now: number; readonly soon: number; readonly arrived: number },
  ): Promise<void> {
    for (const target of await this.targets(tx)) {
      await leaseRows(tx)
        .updateTable('lease')
        .set((eb) => ({ due_at: eb.case().when('ending_since', '<', now).then(eb.ref('ending_since')).else(now).end() }))
        .where('target', '=', target)
        .where('due_at', '>', now)
        .where('due_at', '<=', soon)
        .where('state', '!=', 'active')
        .where((eb) =>
          eb.or([eb('state', '!=', 'doubtful'), eb('epoch', '=', 0), eb('attempts', '>', 0), eb('due_at', '>', arrived)]),
        )
        .execute();
    }
  }

  /** Every target that has leases, in order. One look at the index for each. */
  async targets(on: Executor): Promise<string[]> {
    const targets: string[] = [];
    for (;;) {
      const target = (await this.#nextTarget.first(on, { after: targets.at(-1) ?? '' }))?.target ?? null;
      if (target === null) return targets;
      targets.push(target);
    }
  }

  async due(on: Executor, target: string, now: number, limit: number): Promise<string[]> {
    return (await this.#due.all(on, { target, now, limit })).map(({ lease_id }) => lease_id);
  }

  /** Takes work on, under a new epoch, until `until`. Only rows that are still due are given, in the order of `ids`. */
  async claim(tx: Transaction, ids: readonly string[], now: number, until: number): Promise<LeaseRow[]> {
    if (ids.length === 0) return [];
    const rows = await leaseRows(tx)
      .updateTable('lease')
      .set((eb) => ({
        epoch: eb('epoch', '+', 1),
        due_at: until,
        state: eb
          .case()
          .when('state', '=', 'active')
          .then('ending')
          .when('state', '=', 'creating')
          .then('doubtful')
          .else(eb.ref('state'))
          .end() as never,
        cause: eb.fn.coalesce(
          'cause',
          eb.case().when('state', '=', 'active').then(eb.val('expired')).else(eb.val('not-delivered')).end() as never,
        ),
        ending_since: eb.fn.coalesce('ending_since', eb.val(now)),
        retry_key: null,
      }))
      .where('lease_id', 'in', ids)
      .where('due_at', '<=', now)
      .returning(leaseColumns)
      .execute();
    const order = new Map(ids.map((id, at) => [id, at]));
    return rows.sort((a, b) => (order.get(a.lease_id) ?? 0) - (order.get(b.lease_id) ?? 0));
  }

  /** Gives work back: due again at `dueAt`. Nothing happens where somebody else has taken it on since. */
  async release(
    tx: Transaction,
    { id, epoch }: { readonly id: string; readonly epoch: number },
    { dueAt, attempts }: { readonly dueAt: number; readonly attempts: number },
  ): Promise<void> {
    await leaseRows(tx)
      .updateTable('lease')
      .set({ due_at: dueAt, attempts })
      .where('lease_id', '=', id)
      .where('epoch', '=', epoch)
      .execute();
  }

  /** True for the one who had the work and found it done. */
  async remove(tx: Transaction, { id, epoch }: { readonly id: string; readonly epoch: number }): Promise<boolean> {
    const removed = await leaseRows(tx)
      .deleteFrom('lease')
      .where('lease_id', '=', id)
      .where('epoch', '=', epoch)
      .returning('lease_id')
      .executeTakeFirst();
    return removed !== undefined;
  }

  /**
   * Marks rows that have been due, or are to be taken back, since `before` as told of; gives those that were not told of yet.
   * @param soon milliseconds since the epoch: whatever is tried again and again is due before that
   */
  async takeOverdue(tx: Transaction, target: string, { before, soon }: { before: number; soon: number }, limit: number) {
    const overdue = await leaseRows(tx)
      .selectFrom('lease')
      .select('lease_id')
      .where('target', '=', target)
      .where('due_at', '<=', soon)
      .where('alerted', '=', 0)
      .where((eb) => eb.or([eb('due_at', '<=', before), eb('ending_since', '<=', before)]))
      .limit(sql.lit(limit))
      .execute();
    if (overdue.length === 0) return [];
    return leaseRows(tx)
      .updateTable('lease')
      .set({ alerted: 1 })
      .where(
        'lease_id',
        'in',
        overdue.map(({ lease_id }) => lease_id),
      )
      .returning(leaseColumns)
      .execute();
  }
}
