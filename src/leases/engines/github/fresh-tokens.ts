import type { Clock } from '../../../foundation/ports.ts';
import { Secret } from '../../../foundation/secret.ts';

/** Longer than it takes from a token to the ledger, or to whoever takes back what never came there. */
const KEPT_MS = 120_000;
const MOST = 1000;

/**
 * Tokens that were made just now, by the name of their lease. Nobody but a token itself can end it, so one whose lease was given up
 * before the ledger knew its handle could not be taken back otherwise.
 */
export class FreshTokens {
  readonly #clock: Clock;
  readonly #tokens = new Map<string, { readonly token: Secret; readonly until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param token copied */
  remember(name: string, token: Secret): void {
    const now = this.#clock.now();
    // In the order in which they were made.
    for (const [known, { until }] of this.#tokens) {
      if (until > now && this.#tokens.size < MOST) break;
      this.forget(known);
    }
    this.forget(name);
    this.#tokens.set(name, { token: Secret.copy(token.bytes), until: now + KEPT_MS });
  }

  find(name: string): Secret | undefined {
    const found = this.#tokens.get(name);
    if (found === undefined) return undefined;
    if (found.until > this.#clock.now()) return found.token;
    this.forget(name);
    return undefined;
  }

  forget(name: string): void {
    this.#tokens.get(name)?.token.dispose();
    this.#tokens.delete(name);
  }
}
