import { createHash } from 'node:crypto';
import { WatchwordError } from '../../foundation/errors.ts';
import { type DpopProof, PROOF_SECONDS } from './dpop-proof.ts';

/** Longer than a proof is good for, whatever the clocks. */
const GENERATION_MS = (2 * PROOF_SECONDS + 1) * 1000;
const MOST = 500_000;

/**
 * Which proofs were used, in the memory of this node, until they are too old anyway: nothing is written for a read. Only proofs that
 * fit a living token, or a login that succeeds otherwise, take room.
 */
export class UsedProofs {
  #current = new Set<string>();
  #previous = new Set<string>();
  #begun = 0;

  /** False for one that was used before. @throws WatchwordError `request.limited` where no more can be remembered */
  use({ thumbprint, id }: DpopProof, now: number): boolean {
    this.#turn(now);
    const key = createHash('sha256').update(`${thumbprint} ${id}`).digest('base64url');
    if (this.#current.has(key) || this.#previous.has(key)) return false;
    if (this.#current.size >= MOST) throw new WatchwordError('request.limited', 'too many signed requests', { retryAfter: 5 });
    this.#current.add(key);
    return true;
  }

  #turn(now: number): void {
    if (now - this.#begun < GENERATION_MS) return;
    this.#previous = now - this.#begun < 2 * GENERATION_MS ? this.#current : new Set();
    this.#current = new Set();
    this.#begun = now;
  }
}
