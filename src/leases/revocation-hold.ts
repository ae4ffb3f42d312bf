import type { Clock, Logger } from '../foundation/ports.ts';
import { GuardedRecords, type MountRecordStore } from '../keyring/mount-records.ts';
import type { Executor, Storage, Transaction } from '../storage/contract.ts';
import { type TrackedLease, targetIdOf } from './lease.ts';
import type { LeaseEvents } from './lease-events.ts';
import { LEDGER } from './ledger.ts';

/** Clocks of targets may differ by so much. */
const CLOCK_TOLERANCE_MS = 120_000;

/** Why nothing is taken back. */
export interface Hold {
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** `restored`: a target knows more than the ledger. `asked`: somebody wants it. */
  readonly reason: 'restored' | 'asked';
  readonly target: string;
}

const NAME = 'revocation';

/**
 * After a restore from a backup the ledger is older than the world: leases that were renewed since seem to have ended, and what was
 * issued since seems to be nobody's. Taking those back would end work that goes on. So once a target is found to know more than the
 * ledger, nothing is taken back until somebody has looked.
 */
export class RevocationHold {
  readonly #storage: Storage;
  readonly #records: GuardedRecords<Hold>;
  readonly #events: LeaseEvents;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #startedAt: number;
  /** Somebody has looked, and wants what has ended taken back. */
  #acknowledged = false;

  constructor(storage: Storage, store: MountRecordStore, on: { events: LeaseEvents; clock: Clock; logger: Logger }) {
    this.#storage = storage;
    this.#records = new GuardedRecords(store, 'hold');
    this.#events = on.events;
    this.#clock = on.clock;
    this.#logger = on.logger;
    this.#startedAt = on.clock.now();
  }

  find(on: Executor = this.#storage.reader): Promise<Hold | undefined> {
    return this.#records.find(on, LEDGER, NAME);
  }

  async isHeld(): Promise<boolean> {
    return (await this.find()) !== undefined;
  }

  /** Nothing is taken back from now on. */
  async begin(tx: Transaction, hold: Hold): Promise<void> {
    await this.#records.put(tx, LEDGER, NAME, hold);
  }

  async release(tx: Transaction): Promise<void> {
    await this.#records.remove(tx, LEDGER, NAME);
    tx.afterCommit(() => {
      this.#acknowledged = true;
    });
  }

  /**
   * Whether the target knows of a later end than the ledger does. Asked once for each lease that has come to its end, and not of
   * those that this process itself has issued or renewed: it knows of nothing later.
   */
  async isNewer({ lease, cause }: TrackedLease, probe: () => Promise<number | 'unlimited' | undefined>): Promise<boolean> {
    if (cause !== 'expired' || (lease.renewedAt ?? lease.issuedAt) >= this.#startedAt) return false;
    const end = await probe();
    const known = Math.max(lease.expiresAt, lease.toldEnd ?? 0);
    if (typeof end !== 'number' || end <= known + CLOCK_TOLERANCE_MS) return false;
    return this.hold(targetIdOf(lease.origin), lease.externalName);
  }

  /**
   * Holds everything, unless somebody has looked since the start: then false.
   * @param externalName of what shows that the ledger is older than the target
   */
  async hold(target: string, externalName: string): Promise<boolean> {
    if (this.#acknowledged) return false;
    if (await this.isHeld()) return true;
    this.#logger.error('the ledger of leases is older than its targets, as after a restore: nothing is taken back', { target });
    await this.#storage.write((tx) => this.begin(tx, { since: this.#clock.now(), reason: 'restored', target }));
    await this.#events.held(target, externalName);
    return true;
  }
}
