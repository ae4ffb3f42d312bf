import { createHash } from 'node:crypto';
import type { Clock, Logger, Network } from '../../foundation/ports.ts';
import { refusedLogin } from '../login-refusal.ts';
import { FetchedKeySet, type KeySetTimes } from './fetched-key-set.ts';
import type { IssuerSettings, KeyLocation } from './issuer-settings.ts';
import { candidateKeys, type WantedKey } from './key-choice.ts';
import { parseJwks, parsePems } from './key-set-text.ts';
import { KeySource } from './key-source.ts';
import type { VerificationKey } from './verification-key.ts';

const MOST_SETS = 1000;

const ordinaryTimes: KeySetTimes = { refreshAfter: 5 * 60_000, fetchEvery: 30_000, staleAfter: 24 * 60 * 60_000 };

/** The keys that an issuer's tokens are verified with. */
export interface KeySet {
  /**
   * Those that may have signed a token, at most four.
   * @throws WatchwordError `login.refused` (`jwt.unknown-key`, `jwt.algorithm`), `login.unavailable` (`jwt.keys-…`)
   */
  candidates(wanted: WantedKey): Promise<readonly VerificationKey[]>;
}

export interface KeySetsDependencies {
  readonly network: Network;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The keys of every issuer in use, in memory: 1000 of them, then those that were not used for longest are forgotten. Sets are told
 * apart by the settings that lead to them, so changed settings never meet keys that others led to.
 */
export class KeySets {
  readonly #on: KeySetsDependencies;
  readonly #times: KeySetTimes;
  readonly #sets = new Map<string, KeySet | FetchedKeySet>();
  #closed = false;

  constructor(on: KeySetsDependencies, times: Partial<KeySetTimes> = {}) {
    this.#on = on;
    this.#times = { ...ordinaryTimes, ...times };
  }

  keysFor(settings: IssuerSettings): KeySet {
    const id = identifier(settings);
    const set = this.#sets.get(id) ?? this.#open(settings);
    // Anew at the end of the order: what is at its beginning was not used for longest.
    this.#sets.delete(id);
    this.#sets.set(id, set);
    if (this.#sets.size > MOST_SETS) this.#forgetOldest();
    return set;
  }

  /** Refreshes in the background what is due of the sets that were used within the stale limit; to be called about every minute. */
  refreshDue(): void {
    for (const set of this.#sets.values()) if (set instanceof FetchedKeySet) set.refreshWhenDue();
  }

  /** Nothing is fetched any more. */
  close(): void {
    this.#closed = true;
    for (const set of this.#sets.values()) if (set instanceof FetchedKeySet) set.close();
  }

  #open(settings: IssuerSettings): KeySet {
    const { keys, issuer } = settings;
    if (keys.from === 'static') return staticKeySet(keys);
    const { network, clock, logger } = this.#on;
    const name = issuer === '' ? (keys.url ?? '') : issuer;
    const set = new FetchedKeySet({ source: new KeySource(network, settings), clock, logger, times: this.#times, name });
    if (this.#closed) set.close();
    return set;
  }

  #forgetOldest(): void {
    for (const [id, set] of this.#sets) {
      if (set instanceof FetchedKeySet) set.close();
      this.#sets.delete(id);
      return;
    }
  }
}

/** Everything that decides which keys are fetched, and from whom. */
function identifier({ issuer, discoveryIssuer, keys, caPem, internal }: IssuerSettings): string {
  const text = JSON.stringify([issuer, discoveryIssuer ?? null, keys, caPem ?? null, internal]);
  return text.length <= 512 ? text : createHash('sha256').update(text).digest('base64');
}

function staticKeySet({ jwks, pems = [] }: KeyLocation & { readonly from: 'static' }): KeySet {
  const keys = [...(jwks === undefined ? [] : (parseJwks(jwks)?.keys ?? [])), ...parsePems(pems).keys];
  return {
    async candidates(wanted) {
      const found = candidateKeys(keys, wanted);
      if (found === undefined) throw refusedLogin('jwt.unknown-key');
      return found;
    },
  };
}
