import { WatchwordError } from '../foundation/errors.ts';
import type { Reader } from '../storage/contract.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { type CredentialEngine, type EngineDependencies, type Target, type TargetCall, TargetError } from './engines/engine.ts';
import type { EngineSettings, TargetRecord } from './settings.ts';
import { type Login, TargetLogins } from './target-logins.ts';

/** At one target at once; more wait, and more than that are turned away. */
const AT_ONCE = 32;
const WAITING = 1024;
/** Passwords that one visit tries: those of a change, and of the next one. */
const MOST_LOGINS = 4;

interface Lane {
  readonly logins: TargetLogins;
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
   * Does something at a target; once more where it is refused while the password of the configured account is being changed.
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
      const find = () => this.#settings.target(reader, targetId);
      const result = await logInAndDo(lane.logins, { find, signal }, ({ target, engine }) => work(target, { signal }, engine));
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
    await lane?.logins.close({ hard: false });
  }

  async close(): Promise<void> {
    const lanes = [...this.#lanes.values()];
    this.#lanes.clear();
    await Promise.all(lanes.map(({ logins }) => logins.close({ hard: true })));
  }

  #lane(targetId: string): Lane {
    let lane = this.#lanes.get(targetId);
    if (lane === undefined) {
      const logins = new TargetLogins(this.#on);
      lane = { logins, running: 0, waiting: [], breaker: new CircuitBreaker(this.#on.clock) };
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
}

interface Place {
  /** The settings of the target as they are now. */
  readonly find: () => Promise<TargetRecord | undefined>;
  readonly signal: AbortSignal;
}

/** With each password that may be the one: the target takes the next one before it is written down that it has. */
async function logInAndDo<Result>(
  logins: TargetLogins,
  { find, signal }: Place,
  work: (login: Login) => Promise<Result>,
): Promise<Result> {
  const tried = new Set<Login>();
  const refusals: TargetError[] = [];
  for (;;) {
    const record = await find();
    const login = record && logins.take(record, tried);
    if (login === undefined) throw mostTelling(refusals) ?? new TargetError('refused', 'the settings of the target are gone');
    try {
      const result = await work(login);
      if (refusals.length > 0) logins.prefer(login);
      return result;
    } catch (error) {
      if (!(error instanceof TargetError) || !isWorthAnother(error)) throw error;
      refusals.push(error);
      tried.add(login);
    } finally {
      logins.giveBack(login);
    }
    if (signal.aborted || tried.size === MOST_LOGINS) throw mostTelling(refusals);
  }
}

/** Every method of a target may be called again after any failure. */
const isWorthAnother = ({ kind, lockedOut }: TargetError): boolean => kind === 'refused' || lockedOut;

/** What may have been done outweighs what was not; a reason outweighs a password that is not, or no more, the one. */
const mostTelling = (refusals: readonly TargetError[]): TargetError | undefined =>
  refusals.find(({ kind }) => kind !== 'refused') ?? refusals.find(({ lockedOut }) => !lockedOut) ?? refusals[0];

/** What callers learn of a failure at the target. */
export function tellCaller(error: unknown, retryAfter = 5): unknown {
  if (!(error instanceof TargetError)) return error;
  if (error.kind === 'refused')
    return new WatchwordError('engine.refused', `the target refused: ${error.message}`, { cause: error });
  if (error.kind === 'throttled') return new WatchwordError('request.limited', error.message, { retryAfter, cause: error });
  return new WatchwordError('engine.unreachable', `the target does not answer: ${error.message}`, { retryAfter, cause: error });
}
