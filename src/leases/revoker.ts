import type { Clock, Logger, Random } from '../foundation/ports.ts';
import type { Storage } from '../storage/contract.ts';
import { TargetError } from './engines/engine.ts';
import { CREATE_DEADLINE_MS } from './issuing.ts';
import { type TrackedLease, targetIdOf } from './lease.ts';
import type { LeaseEvents } from './lease-events.ts';
import type { LeaseRow } from './lease-table.ts';
import { type Ledger, refOf } from './ledger.ts';
import type { RevocationHold } from './revocation-hold.ts';
import type { Targets } from './targets.ts';

/** Taken on at once, for each target. */
const BATCH = 64;
/** At one target at once, so that those who ask for credentials find a place there as well. */
const AT_ONCE = 8;
const REVOKE_MS = 20_000;
/** Whoever took work on and was not heard of since has died: longer than a batch can take. */
const CLAIM_MS = (BATCH / AT_ONCE + 1) * REVOKE_MS;
/** What was asked of a target may arrive there late: after this, nothing does. */
export const ARRIVAL_MS = CREATE_DEADLINE_MS + 10_000;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 300_000;
/** Where something stands in the way that goes by itself: a lock, too many connections, a network that loses answers. */
const LONGEST_BUSY_MS = 30_000;
const OVERDUE_MS = 3_600_000;
/** Damaged rows that are told of one by one. */
const MOST_DAMAGED = 1000;

export interface RevokerDependencies {
  readonly storage: Storage;
  readonly ledger: Ledger;
  readonly targets: Targets;
  readonly events: LeaseEvents;
  readonly hold: RevocationHold;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/**
 * Takes back what is due: claimed from the table, target by target, so that one that is down holds up no other. It never gives up:
 * a credential stays in the ledger until its target says that it is gone.
 */
export class Revoker {
  readonly #on: RevokerDependencies;
  readonly #busy = new Map<string, Promise<void>>();
  readonly #toldDamaged = new Set<string>();
  #closed = false;

  constructor(dependencies: RevokerDependencies) {
    this.#on = dependencies;
  }

  /** Begins the work at every target that has some and is not busy; waits for none. */
  async begin(): Promise<void> {
    if (this.#closed || (await this.#on.hold.isHeld())) return;
    const { storage, ledger, targets } = this.#on;
    for (const target of await ledger.queue.targets(storage.reader)) {
      if (this.#busy.has(target) || targets.restOf(target) > 0) continue;
      const [first] = await ledger.queue.due(storage.reader, target, this.#on.clock.now(), 1);
      // Somebody else may have begun meanwhile.
      if (first === undefined || this.#closed || this.#busy.has(target)) continue;
      const work = this.#workAt(target).finally(() => this.#busy.delete(target));
      this.#busy.set(target, work);
      work.catch((error: unknown) => this.#report(error));
    }
  }

  /** Resolves once nothing is being done. */
  async idle(): Promise<void> {
    while (this.#busy.size > 0) await Promise.allSettled([...this.#busy.values()]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.idle();
  }

  /** Tells the log of leases that should have been taken back an hour ago. */
  async reportOverdue(): Promise<void> {
    const { storage, ledger, events, clock, logger } = this.#on;
    const now = clock.now();
    const range = { before: now - OVERDUE_MS, soon: now + 2 * LONGEST_RETRY_MS };
    for (const target of await ledger.queue.targets(storage.reader)) {
      const rows = await storage.write((tx) => ledger.queue.takeOverdue(tx, target, range, 100));
      for (const tracked of await this.#believed(rows)) await events.overdue(tracked);
      if (rows.length > 0) logger.error('credentials that have ended cannot be taken back', { target, count: rows.length });
    }
  }

  async #workAt(target: string): Promise<void> {
    const { storage, ledger, targets, clock } = this.#on;
    while (!this.#closed && targets.restOf(target) === 0) {
      const now = clock.now();
      const ids = await ledger.queue.due(storage.reader, target, now, BATCH);
      if (ids.length === 0) return;
      const rows = await storage.write((tx) => ledger.queue.claim(tx, ids, now, now + CLAIM_MS));
      // Somebody else has them.
      if (rows.length === 0) return;
      const waiting = await this.#believed(rows);
      const lanes = Array.from({ length: AT_ONCE }, async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
          await this.#takeBack(next).catch((error: unknown) => this.#report(error));
      });
      await Promise.all(lanes);
      if (await this.#on.hold.isHeld()) return;
    }
  }

  /** A row that is not what it says it is holds up no other; it is told of, and tried again when its claim is over. */
  async #believed(rows: readonly LeaseRow[]): Promise<TrackedLease[]> {
    const believed: TrackedLease[] = [];
    for (const row of rows) {
      const found = this.#on.ledger.tryOpen(row);
      if ('damaged' in found) await this.#tellDamaged(found.id).catch((error: unknown) => this.#report(error));
      else believed.push(found);
    }
    return believed;
  }

  /** Each once for as long as this process runs: whoever can put in a row could put in a million. */
  async #tellDamaged(id: string): Promise<void> {
    if (this.#toldDamaged.has(id) || this.#toldDamaged.size >= MOST_DAMAGED) return;
    this.#toldDamaged.add(id);
    this.#on.logger.error('a lease is damaged in the database: its credential cannot be taken back', { lease: id });
    await this.#on.events.damaged(id);
  }

  async #takeBack(tracked: TrackedLease): Promise<void> {
    const { storage, targets, hold } = this.#on;
    const targetId = targetIdOf(tracked.lease.origin);
    if (this.#closed || targets.restOf(targetId) > 0) return this.#putBack(tracked, 0, tracked.attempts);
    try {
      const guarantee = await targets.visit(storage.reader, targetId, { timeoutMs: REVOKE_MS }, async (target, call, engine) => {
        const ref = refOf(tracked.lease);
        if (await hold.isNewer(tracked, () => target.probe(ref, call))) return undefined;
        await target.revoke(ref, call);
        return engine.traits.revocation;
      });
      if (guarantee === undefined) return await this.#putBack(tracked, LONGEST_RETRY_MS, tracked.attempts);
      await this.#done(tracked, guarantee);
    } catch (error) {
      await this.#failed(tracked, error);
    }
  }

  /** What may be made yet is looked for again once whatever was on its way has arrived. */
  async #done(tracked: TrackedLease, guarantee: string): Promise<void> {
    const { storage, ledger, events, clock } = this.#on;
    const stillToArrive = tracked.lease.issuedAt + ARRIVAL_MS - clock.now();
    if (tracked.state === 'doubtful' && stillToArrive > 0) {
      return this.#putBack(tracked, Math.min(stillToArrive, ARRIVAL_MS), tracked.attempts);
    }
    // Said before it is forgotten: after a crash in between it is said twice rather than never.
    await events.revoked(tracked, guarantee);
    await storage.write((tx) => ledger.queue.remove(tx, { id: tracked.lease.id, epoch: tracked.epoch }));
  }

  async #failed(tracked: TrackedLease, error: unknown): Promise<void> {
    if (!(error instanceof TargetError)) this.#report(error);
    const kind = error instanceof TargetError ? error.kind : undefined;
    // A target that is down uses up no tries: it is asked again as soon as it answers anybody.
    if (kind === 'unreachable') return this.#putBack(tracked, FIRST_RETRY_MS, tracked.attempts);
    const attempts = tracked.attempts + 1;
    if (error instanceof TargetError) this.#tellWhy(tracked, attempts, error);
    const passing = kind === 'throttled' || kind === 'unknown-outcome';
    const longest = passing ? LONGEST_BUSY_MS : LONGEST_RETRY_MS;
    const delay = Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 20), longest);
    await this.#putBack(tracked, this.#jittered(delay), attempts);
  }

  async #putBack({ lease, epoch }: TrackedLease, delayMs: number, attempts: number): Promise<void> {
    const { storage, ledger, clock } = this.#on;
    const dueAt = clock.now() + delayMs;
    await storage.write((tx) => ledger.queue.release(tx, { id: lease.id, epoch }, { dueAt, attempts }));
  }

  /** Between three and five quarters. */
  #jittered(ms: number): number {
    return Math.round(ms * (0.75 + this.#on.random.bytes(2).readUInt16BE() / 131_072));
  }

  /** At the first, second, fourth, eighth try…: whoever runs the server must learn what to do, and once is not enough. */
  #tellWhy({ lease }: TrackedLease, attempts: number, { message }: TargetError): void {
    if ((attempts & (attempts - 1)) !== 0) return;
    const fields = { lease: lease.id, externalName: lease.externalName, attempts, reason: message };
    this.#on.logger.warn('a credential could not be taken back, and it is tried again', fields);
  }

  #report(error: unknown): void {
    const cause = error instanceof Error ? ('code' in error ? String(error.code) : error.name) : 'unknown';
    this.#on.logger.warn('taking credentials back failed, and is tried again', { cause });
  }
}
