import type { Clock } from '../foundation/ports.ts';

/** So many silences in a row, and the target is left alone. */
const SILENCES = 3;
const FIRST_REST_MS = 1000;
const LONGEST_REST_MS = 30_000;

/** Leaves a target alone that does not answer, for longer each time; then lets one through to see. */
export class CircuitBreaker {
  readonly #clock: Clock;
  #silences = 0;
  #restsUntil = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True for whoever may ask now. After a rest that is one, until it is known how that went. */
  lets(): boolean {
    if (this.#silences < SILENCES) return true;
    if (this.rest() > 0) return false;
    // The others wait for as long as this one may need.
    this.#restsUntil = this.#clock.now() + LONGEST_REST_MS;
    return true;
  }

  /** Milliseconds that are left of the rest. */
  rest(): number {
    if (this.#silences < SILENCES) return 0;
    // A clock that was set back must not prolong it.
    return Math.max(0, Math.min(this.#restsUntil - this.#clock.now(), LONGEST_REST_MS));
  }

  answered(): void {
    this.#silences = 0;
  }

  silent(): void {
    this.#silences += 1;
    const over = this.#silences - SILENCES;
    if (over >= 0) this.#restsUntil = this.#clock.now() + Math.min(FIRST_REST_MS * 2 ** Math.min(over, 10), LONGEST_REST_MS);
  }
}
