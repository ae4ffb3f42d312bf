import type { Clock, Logger } from '../../foundation/ports.ts';
import { refusedLogin, unavailableLogin } from '../login-refusal.ts';
import { candidateKeys, type WantedKey } from './key-choice.ts';
import type { KeySource } from './key-source.ts';
import type { VerificationKey } from './verification-key.ts';

/** Milliseconds. */
export interface KeySetTimes {
  /** Age at which a set is fetched anew in the background. */
  readonly refreshAfter: number;
  /** Least time between two fetches, whatever asks for them. */
  readonly fetchEvery: number;
  /** Age up to which keys are believed while the issuer cannot be asked. */
  readonly staleAfter: number;
}

/** The time before another try where there are no keys at all: 5 s, doubled with each failure up to `fetchEvery`. */
const FIRST_RETRY_MS = 5_000;

export interface FetchedKeySetDependencies {
  readonly source: KeySource;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly times: KeySetTimes;
  /** Names the issuer in the operational log. */
  readonly name: string;
}

/**
 * The keys of one issuer. A login whose key is known never waits; only a token with an unknown kid, and the first login of all,
 * wait for a fetch. Whatever asks, there is one fetch at a time and `fetchEvery` between two of them.
 */
export class FetchedKeySet {
  readonly #on: FetchedKeySetDependencies;
  #keys: readonly VerificationKey[] | undefined;
  #fetchedAt = 0;
  #triedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #running: Promise<boolean> | undefined;
  #usedAt: number;
  #closed = false;

  constructor(on: FetchedKeySetDependencies) {
    this.#on = on;
    this.#usedAt = on.clock.now();
  }

  /** @throws WatchwordError `login.refused`, `login.unavailable` */
  async candidates(wanted: WantedKey): Promise<readonly VerificationKey[]> {
    this.#usedAt = this.#on.clock.now();
    const before = this.#believed();
    if (before === undefined) return await this.#firstCandidates(wanted);
    const earlier = this.#running;
    this.refreshWhenDue();
    const known = candidateKeys(before, wanted);
    if (known !== undefined) return known;
    if (this.#mayFetch()) void this.#fetch();
    const succeeded = await this.#running;
    const found = candidateKeys(this.#keys ?? [], wanted);
    if (found !== undefined) return found;
    // A fetch that began before this token came may have missed its key; only one that began after can tell that there is none.
    if (earlier === undefined && succeeded === true) throw refusedLogin('jwt.unknown-key');
    throw unavailableLogin('jwt.keys-pending', this.#secondsUntilFetch());
  }

  /** Starts a fetch in the background where it is time; called with every use, and now and then for sets that are in use. */
  refreshWhenDue(): void {
    const { clock, times } = this.#on;
    const now = clock.now();
    const due = this.#keys === undefined || !isWithin(this.#fetchedAt, now, times.refreshAfter);
    if (due && isWithin(this.#usedAt, now, times.staleAfter) && this.#mayFetch()) void this.#fetch();
  }

  close(): void {
    this.#closed = true;
  }

  async #firstCandidates(wanted: WantedKey): Promise<readonly VerificationKey[]> {
    const stale = this.#keys !== undefined;
    if (this.#mayFetch()) void this.#fetch();
    await this.#running;
    const keys = this.#believed();
    if (keys === undefined) throw unavailableLogin(stale ? 'jwt.keys-stale' : 'jwt.keys-unavailable', this.#secondsUntilFetch());
    const found = candidateKeys(keys, wanted);
    if (found === undefined) throw refusedLogin('jwt.unknown-key');
    return found;
  }

  #believed(): readonly VerificationKey[] | undefined {
    const { clock, times } = this.#on;
    return clock.now() - this.#fetchedAt < times.staleAfter ? this.#keys : undefined;
  }

  #mayFetch(): boolean {
    return !this.#closed && this.#running === undefined && !isWithin(this.#triedAt, this.#on.clock.now(), this.#pause());
  }

  #pause(): number {
    const { fetchEvery } = this.#on.times;
    return this.#keys === undefined ? Math.min(fetchEvery, FIRST_RETRY_MS * 2 ** (this.#failures - 1)) : fetchEvery;
  }

  #secondsUntilFetch(): number {
    return Math.max(1, Math.ceil((this.#triedAt + this.#pause() - this.#on.clock.now()) / 1000));
  }

  /** True where it brought keys; never rejects. To be started where {@link #mayFetch} allows it. */
  #fetch(): Promise<boolean> {
    this.#triedAt = this.#on.clock.now();
    this.#running = this.#replaceKeys().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #replaceKeys(): Promise<boolean> {
    const { source, clock, logger, name } = this.#on;
    try {
      const startedAt = clock.now();
      const { keys, faults } = await source.fetch(startedAt);
      if (this.#closed) return false;
      const unusable = faults.filter((fault) => fault !== 'other-use');
      if (unusable.length > 0)
        logger.warn('an issuer publishes keys that are not used', { issuer: name, why: unusable.join(' ') });
      this.#keys = keys;
      this.#fetchedAt = startedAt;
      this.#failures = 0;
      return true;
    } catch (error) {
      this.#failures++;
      const { code = 'unknown' } = error as { readonly code?: string };
      logger.warn('the keys of an issuer could not be fetched', { issuer: name, code, failures: this.#failures });
      return false;
    }
  }
}

/** False as well where the clock was set back: what happened "later" says nothing about how long ago it was. */
function isWithin(since: number, now: number, span: number): boolean {
  return now >= since && now - since < span;
}
