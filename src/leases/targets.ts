import { WatchwordError } from '../foundation/errors.ts';
import type { Reader } from '../storage/contract.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { type CredentialEngine, type EngineDependencies, type Target, type TargetCall, TargetError } from './engines/engine.ts';
import { type EngineSettings, engineOf, type TargetRecord } from './settings.ts';

/** At one target at once; more wait, and more than that are turned away. */
const AT_ONCE = 32;
const WAITING = 1024;

interface Opened {
  readonly record: TargetRecord;
  readonly engine: CredentialEngine;
  readonly target: Target;
}

interface Lane {
  opened: Opened | undefined;
  running: number;
  readonly waiting: (() => void)[];
  readonly breaker: CircuitBreaker;
}

export interface Visit {
  /** Milliseconds for everything, waiting for a place included. */
  readonly timeoutMs: number;
  /** Goes there even if the target did not answer lately. */
  readonly insist?: boolean;
}

/** The targets that are spoken to, each over its own few connections: one that is slow or down holds up no other. */
export class Targets {
  readonly #settings: EngineSettings;
  readonly #on: EngineDependencies;
  readonly #lanes = new Map<string, Lane>();

  constructor(settings: EngineSettings, on: EngineDependencies) {
    this.#settings = settings;
    this.#on = on;
  }

  /**
   * Does something at a target.
   * @throws TargetError; `unreachable` at once while the target is taken to be down
   */
  async visit<Result>(
    reader: Reader,
    targetId: string,
    { timeoutMs, insist = false }: Visit,
    work: (target: Target, call: TargetCall, engine: CredentialEngine) => Promise<Result>,
  ): Promise<Result> {
    const lane = this.#lane(targetId);
    if (!insist && !lane.breaker.lets()) throw new TargetError('unreachable', 'the target has not answered lately');
    const signal = AbortSignal.timeout(timeoutMs);
    await this.#enter(lane, signal);
    try {
      const { target, engine } = await this.#open(reader, targetId, lane);
      const result = await work(target, { signal }, engine);
      lane.breaker.answered();
      return result;
    } catch (error) {
      if (error instanceof TargetError && (error.kind === 'unreachable' || error.kind === 'unknown-outcome')) {
        lane.breaker.silent();
      } else if (error instanceof TargetError) lane.breaker.answered();
      throw error;
    } finally {
      this.#leave(lane);
    }
  }

  /** Milliseconds for which the target is left alone; 0 = it may be asked. */
  restOf(targetId: string): number {
    return this.#lanes.get(targetId)?.breaker.rest() ?? 0;
  }

  /** Asks a target that was not reached anew with the next request, over new connections. */
  async forget(targetId: string): Promise<void> {
    const lane = this.#lanes.get(targetId);
    this.#lanes.delete(targetId);
    await lane?.opened?.target.close();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#lanes.keys()].map((id) => this.forget(id)));
  }

  #lane(targetId: string): Lane {
    let lane = this.#lanes.get(targetId);
    if (lane === undefined) {
      lane = { opened: undefined, running: 0, waiting: [], breaker: new CircuitBreaker(this.#on.clock) };
      this.#lanes.set(targetId, lane);
    }
    return lane;
  }

  /** Nobody waits for longer than for the work itself. */
  async #enter(lane: Lane, signal: AbortSignal): Promise<void> {
    if (lane.running < AT_ONCE) {
      lane.running += 1;
      return;
    }
    const crowded = () => new TargetError('throttled', 'too many requests wait for the target');
    if (lane.waiting.length >= WAITING) throw crowded();
    await new Promise<void>((resolve, reject) => {
      const giveUp = () => {
        lane.waiting.splice(lane.waiting.indexOf(enter), 1);
        reject(crowded());
      };
      const enter = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      lane.waiting.push(enter);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  /** Whoever waits takes the place over. */
  #leave(lane: Lane): void {
    const next = lane.waiting.shift();
    if (next === undefined) lane.running -= 1;
    else next();
  }

  async #open(reader: Reader, targetId: string, lane: Lane): Promise<Opened> {
    const record = await this.#settings.target(reader, targetId);
    if (record === undefined) throw new TargetError('refused', 'the settings of the target are gone');
    if (lane.opened?.record === record) return lane.opened;
    const engine = engineOf(record);
    const before = lane.opened;
    lane.opened = { record, engine, target: engine.open(record.settings, this.#on) };
    // Whoever is still at it gets to the end: closing waits for connections in use.
    void before?.target.close();
    return lane.opened;
  }
}

/** What callers learn of a failure at the target. */
export function tellCaller(error: unknown, retryAfter = 5): unknown {
  if (!(error instanceof TargetError)) return error;
  if (error.kind === 'refused')
    return new WatchwordError('engine.refused', `the target refused: ${error.message}`, { cause: error });
  if (error.kind === 'throttled') return new WatchwordError('request.limited', error.message, { retryAfter, cause: error });
  return new WatchwordError('engine.unreachable', `the target does not answer: ${error.message}`, { retryAfter, cause: error });
}
