import type { Clock } from '../../../foundation/ports.ts';
import { TargetError } from '../engine.ts';
import type { MysqlConnection } from './connection.ts';
import { beforeAbort, type Dialer, type Line } from './dial.ts';
import { toTargetError } from './failure.ts';
import { MysqlSession, prepareSession, type ServerFacts } from './session.ts';

/** Milliseconds: one that was used since is taken to be alive. */
const FRESH_MS = 500;

interface Open {
  readonly line: Line;
  readonly facts: ServerFacts;
  readonly since: number;
  used: number;
}

export interface Use {
  readonly signal: AbortSignal;
  /** Texts that no message may hold. */
  readonly hidden?: readonly string[];
}

/** A few connections of the configured account, used one after the other. */
export class MysqlPool {
  readonly #settings: MysqlConnection;
  readonly #dialer: Dialer;
  readonly #clock: Clock;
  readonly #idle: Open[] = [];
  readonly #waiting: (() => void)[] = [];
  #inUse = 0;
  #closed = false;

  constructor(settings: MysqlConnection, dialer: Dialer, clock: Clock) {
    this.#settings = settings;
    this.#dialer = dialer;
    this.#clock = clock;
  }

  /**
   * Works with a connection until it is done or the time is over: then it is cut, and nothing more is sent.
   * @throws TargetError, and whatever the work throws
   */
  async use<Result>({ signal, hidden = [] }: Use, work: (session: MysqlSession) => Promise<Result>): Promise<Result> {
    await this.#enter(signal);
    let open: Open | undefined;
    const cut = () => open?.line.cut();
    try {
      const taken = await this.#take(signal);
      open = taken;
      const session = new MysqlSession(taken.line.connection, taken.facts, [this.#settings.password?.text ?? '', ...hidden]);
      signal.addEventListener('abort', cut, { once: true });
      const result = await beforeAbort(signal, work(session), () => session.lost);
      if (session.altered) taken.line.end();
      else this.#giveBack(taken);
      open = undefined;
      return result;
    } finally {
      signal.removeEventListener('abort', cut);
      // Nobody knows what state it is in.
      open?.line.cut();
      this.#leave();
    }
  }

  close(): void {
    this.#closed = true;
    for (const { line } of this.#idle.splice(0)) line.end();
  }

  async #enter(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw new TargetError('unreachable', 'no connection in time');
    if (this.#inUse < this.#settings.maxOpenConnections) {
      this.#inUse += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(new TargetError('throttled', 'every connection was in use (max_open_connections)'));
      };
      this.#waiting.push(enter);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  /** Whoever waits takes the place over. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#inUse -= 1;
    else next();
  }

  async #take(signal: AbortSignal): Promise<Open> {
    for (let open = this.#idle.pop(); open !== undefined; open = this.#idle.pop()) {
      if (!this.#isOver(open) && (await this.#isAlive(open, signal))) return open;
      open.line.cut();
    }
    const { username, password } = this.#settings;
    const line = await this.#dialer.connect({ username, password }, signal);
    signal.addEventListener('abort', line.cut, { once: true });
    try {
      const facts = await beforeAbort(signal, prepareSession(line.connection), () => 'unreachable');
      const now = this.#clock.now();
      return { line, facts, since: now, used: now };
    } catch (error) {
      line.cut();
      throw toTargetError(error, { progress: 'asking', hidden: [password?.text ?? ''] });
    } finally {
      signal.removeEventListener('abort', line.cut);
    }
  }

  /** The server closes what is idle for long, and forgets everything when it starts anew. */
  async #isAlive({ line, used }: Open, signal: AbortSignal): Promise<boolean> {
    if (this.#clock.now() - used < FRESH_MS) return true;
    const answered = new Promise<boolean>((resolve) => line.connection.ping((error) => resolve(error === null)));
    return await beforeAbort(signal, answered, () => 'unreachable').catch(() => false);
  }

  #isOver({ line, since }: Open): boolean {
    const { maxConnectionLifetime } = this.#settings;
    if (line.isOver()) return true;
    return maxConnectionLifetime > 0 && this.#clock.now() - since > maxConnectionLifetime * 1000;
  }

  #giveBack(open: Open): void {
    const { maxIdleConnections, maxOpenConnections } = this.#settings;
    open.used = this.#clock.now();
    if (this.#closed || this.#idle.length >= (maxIdleConnections || maxOpenConnections)) open.line.end();
    else this.#idle.push(open);
  }
}
