import type { Clock } from '../foundation/ports.ts';
import { addressGroup } from './limiter.ts';

export interface AttemptLimits {
  /** Refused tries that one source has for one role or user before it must wait, or is no longer heard of one by one. */
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

/** What is tried: a role or a user of a mount. */
export interface Attempt {
  readonly key: string;
  /** Whether trying again and again may find the proof, as it may find a password. */
  readonly guessable: boolean;
}

/**
 * Limits refused tries to log in, per source (IPv6: per /64) and what is tried. Only refusals count, and only against whoever
 * was refused: a stranger's tries from elsewhere lock nobody out, however many roles and addresses he has. Nor do those of a neighbour
 * at the same address where the proof cannot be guessed: then every try is looked at, and what is limited is the refusal. What is
 * beyond the share of its source or of the log is refused all the same, and only counted.
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

  /** False where this source must wait before it guesses this again; no try is taken. */
  mayTry(address: string, attempt: Attempt): boolean {
    const may = !attempt.guessable || !this.isSpent(address, attempt);
    if (!may) this.#uncounted += 1;
    return may;
  }

  /** Whether the source has used up its refused tries, for now. */
  isSpent(address: string, { key }: Pick<Attempt, 'key'>): boolean {
    const { burst, secondsPerTry } = this.#limits;
    return this.#owed(keyOf(address, key)) > (burst - 1) * secondsPerTry * 1000;
  }

  /** Takes one try. True when the refusal may have an event of its own. */
  refused(address: string, attempt: Attempt): boolean {
    const spent = this.isSpent(address, attempt);
    if (spent) this.#uncounted += 1;
    // What cannot be guessed is never waited for, so nothing more is owed, and the log goes on to hear of some.
    if (!spent || attempt.guessable) this.#take(keyOf(address, attempt.key));
    return !spent && this.#maySpeak();
  }

  /** A try that could not be decided: nobody ever waits for it. True when it may have an event of its own. */
  undecided(address: string, { key }: Attempt): boolean {
    return this.refused(address, { key: `undecided ${key}`, guessable: false });
  }

  /** Number refused without an event since the last call; then counts anew. */
  takeRefused(): number {
    const refused = this.#uncounted;
    this.#uncounted = 0;
    return refused;
  }

  #take(key: string): void {
    const owed = this.#owed(key) + this.#limits.secondsPerTry * 1000;
    this.#clearAt.delete(key);
    if (this.#clearAt.size >= MAX_TRIED) this.#forgetOldest();
    this.#clearAt.set(key, this.#clock.now() + Math.min(owed, MAX_OWED_MS));
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

function keyOf(address: string, key: string): string {
  return `${addressGroup(address)} ${key}`;
}
