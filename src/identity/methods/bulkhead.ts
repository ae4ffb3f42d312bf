import { AttemptLimiter } from '../../access/attempt-limiter.ts';
import { addressGroup } from '../../access/limiter.ts';
import { isWatchwordError } from '../../foundation/errors.ts';
import type { Clock } from '../../foundation/ports.ts';
import { unavailableLogin } from '../login-refusal.ts';

export interface BulkheadLimits {
  /** Questions to one platform at the same time. */
  readonly atOnce: number;
  /** Of those, for one source address (IPv6: /64). */
  readonly perSource: number;
  /** The same for a source of which the platform refused more than ten, and one more every six seconds. */
  readonly perSuspect: number;
  readonly waiting: number;
  readonly waitingPerSource: number;
  /** Milliseconds; who has waited longer when a turn comes does not get it. */
  readonly longestWait: number;
}

const ordinary: BulkheadLimits = {
  atOnce: 32,
  perSource: 16,
  perSuspect: 4,
  waiting: 4000,
  waitingPerSource: 1000,
  longestWait: 10_000,
};
const suspicion = { burst: 10, secondsPerTry: 6, loggedPerSecond: Number.POSITIVE_INFINITY };
const RETRY_SECONDS = 2;

interface Waiter {
  readonly since: number;
  readonly go: () => void;
  readonly giveUp: () => void;
}

/** One platform. Sources whose turn comes later stand later. */
class Lane {
  running = 0;
  readonly runningBy = new Map<string, number>();
  readonly waiting = new Map<string, Waiter[]>();
  waiters = 0;
}

interface Question<Result> {
  /** URL of the platform, as the settings name it. */
  readonly to: string;
  /** Whose login it is for. */
  readonly address: string;
  /** Whether an answer lets nobody in, and so counts like a refusal. */
  readonly inVain?: (result: Result) => boolean;
}

/**
 * Logins that make the server ask somebody else are tried by anybody. Few questions to a platform are under way at a time, sources take turns,
 * and whoever is refused again and again has fewer: a flood from one address neither becomes one at the platform nor keeps others
 * waiting. Who shares the address with it stands in line with it: he waits for seconds, or is told to come back where the line is full.
 */
export class Bulkhead {
  readonly #clock: Clock;
  readonly #busy: string;
  readonly #limits: BulkheadLimits;
  readonly #refused: AttemptLimiter;
  readonly #lanes = new Map<string, Lane>();

  /** @param busy reason of those for whom there is no room */
  constructor(clock: Clock, busy: string, limits: Partial<BulkheadLimits> = {}) {
    this.#clock = clock;
    this.#busy = busy;
    this.#limits = { ...ordinary, ...limits };
    this.#refused = new AttemptLimiter(clock, suspicion);
  }

  /** Asks in turn. @throws WatchwordError `login.unavailable` where too many wait, or for too long; whatever `ask` throws */
  async ask<Result>({ to, address, inVain }: Question<Result>, ask: () => Promise<Result>): Promise<Result> {
    const source = addressGroup(address);
    const lane = this.#lanes.get(to) ?? new Lane();
    this.#lanes.set(to, lane);
    await this.#turn(lane, to, source);
    try {
      const result = await ask();
      if (inVain?.(result) === true) this.#suspect(to, source);
      return result;
    } catch (error) {
      if (isWatchwordError(error, 'login.refused')) this.#suspect(to, source);
      throw error;
    } finally {
      count(lane, source, -1);
      this.#goOn(lane, to);
    }
  }

  #suspect(to: string, source: string): void {
    this.#refused.refused(source, { key: to, guessable: true });
  }

  async #turn(lane: Lane, to: string, source: string): Promise<void> {
    const queue = lane.waiting.get(source) ?? [];
    if (queue.length === 0 && this.#hasRoom(lane, to, source)) return count(lane, source, 1);
    const { waiting, waitingPerSource } = this.#limits;
    if (queue.length >= waitingPerSource) throw this.#noRoom();
    if (lane.waiters >= waiting && !giveUpOneOf(longestQueue(lane), queue.length, lane)) throw this.#noRoom();
    lane.waiting.set(source, queue);
    lane.waiters++;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    queue.push({ since: this.#clock.now(), go: resolve, giveUp: () => reject(this.#noRoom()) });
    await promise;
  }

  /** Gives turns to those who wait, a source after the other, as long as there is room. */
  #goOn(lane: Lane, to: string): void {
    const tooLate = this.#clock.now() - this.#limits.longestWait;
    for (const [source, queue] of lane.waiting) {
      while (queue[0] !== undefined && queue[0].since < tooLate) take(lane, queue)?.giveUp();
      if (queue.length > 0 && !this.#hasRoom(lane, to, source)) continue;
      const next = take(lane, queue);
      lane.waiting.delete(source);
      if (next === undefined) continue;
      // To the end of the line, where this loop comes by again.
      if (queue.length > 0) lane.waiting.set(source, queue);
      count(lane, source, 1);
      next.go();
    }
    if (lane.running === 0 && lane.waiters === 0) this.#lanes.delete(to);
  }

  #hasRoom({ running, runningBy }: Lane, to: string, source: string): boolean {
    const { atOnce, perSource, perSuspect } = this.#limits;
    const share = this.#refused.isSpent(source, { key: to }) ? perSuspect : perSource;
    return running < atOnce && (runningBy.get(source) ?? 0) < share;
  }

  #noRoom() {
    return unavailableLogin(this.#busy, RETRY_SECONDS);
  }
}

function count(lane: Lane, source: string, by: 1 | -1): void {
  const now = (lane.runningBy.get(source) ?? 0) + by;
  if (now === 0) lane.runningBy.delete(source);
  else lane.runningBy.set(source, now);
  lane.running += by;
}

function take(lane: Lane, queue: Waiter[]): Waiter | undefined {
  const first = queue.shift();
  if (first !== undefined) lane.waiters--;
  return first;
}

function longestQueue(lane: Lane): Waiter[] {
  let longest: Waiter[] = [];
  for (const queue of lane.waiting.values()) if (queue.length > longest.length) longest = queue;
  return longest;
}

/** Makes room for a source that has fewer waiting. False where none has more. */
function giveUpOneOf(longest: Waiter[], fewer: number, lane: Lane): boolean {
  if (longest.length <= fewer + 1) return false;
  longest.pop()?.giveUp();
  lane.waiters--;
  return true;
}
