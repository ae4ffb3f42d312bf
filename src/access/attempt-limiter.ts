import type { Clock } from '../foundation/ports.ts';
import { addressGroup } from './limiter.ts';

export interface AttemptLimits {
  /** Refused tries that one source has for one role or user before it must wait. */
  readonly burst: number;
  /** Seconds after which it has one more. */
  readonly secondsPerTry: number;
  /** Refused tries per second, of everybody together, that are logged one by one. */
  readonly loggedPerSecond: number;
}

const defaults: AttemptLimits = { burst: 10, secondsPerTry: 6, loggedPerSecond: 200 };
const MAX_TRIED = 50_000;
/** Whoever sent many tries at once, or turned the clock back, waits no longer than this. */
const MAX_OWED_MS = 600_000;

/**
 * Limits refused tries to log in, per source (IPv6: per /64) and what is tried. Only refusals count, and only against whoever
 * was refused: a stranger's tries from elsewhere lock nobody out, however many roles and addresses he has. What is beyond
 * the share of the log is refused all the same, and only counted.
 */
export class AttemptLimiter {
  readonly #clock: Clock;
  readonly #limits: AttemptLimits;
  /** When each will have had no refused try, milliseconds since the epoch; the least recent first. */
  readonly #clearAt = new Map<string, number>();
  #logged = 0;
  #second = 0;
  #uncounted = 0;

  constructor(clock: Clock, limits: AttemptLimits = defaults) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** False where this source must wait before it tries this again; no try is taken. */
  mayTry(address: string, attempt: string): boolean {
    const { burst, secondsPerTry } = this.#limits;
    const may = this.#owed(keyOf(address, attempt)) <= (burst - 1) * secondsPerTry * 1000;
    if (!may) this.#uncounted += 1;
    return may;
  }

  /** Takes one try. True when the refusal may have an event of its own. */
  refused(address: string, attempt: string): boolean {
    const key = keyOf(address, attempt);
    const owed = this.#owed(key) + this.#limits.secondsPerTry * 1000;
    this.#clearAt.delete(key);
    if (this.#clearAt.size >= MAX_TRIED) this.#forgetOldest();
    this.#clearAt.set(key, this.#clock.now() + Math.min(owed, MAX_OWED_MS));
    return this.#maySpeak();
  }

  /** Number refused without an event since the last call; then counts anew. */
  takeRefused(): number {
    const refused = this.#uncounted;
    this.#uncounted = 0;
    return refused;
  }

  #owed(key: string): number {
    const now = this.#clock.now();
    const clearAt = this.#clearAt.get(key) ?? 0;
    if (clearAt > now + MAX_OWED_MS) this.#clearAt.set(key, now + MAX_OWED_MS);
    return Math.min(Math.max(0, clearAt - now), MAX_OWED_MS);
  }

  #forgetOldest(): void {
    const oldest = this.#clearAt.keys().next().value;
    if (oldest !== undefined) this.#clearAt.delete(oldest);
  }

  #maySpeak(): boolean {
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#logged = 0;
    }
    this.#logged += 1;
    if (this.#logged <= this.#limits.loggedPerSecond) return true;
    this.#uncounted += 1;
    return false;
  }
}

function keyOf(address: string, attempt: string): string {
  return `${addressGroup(address)} ${attempt}`;
}
