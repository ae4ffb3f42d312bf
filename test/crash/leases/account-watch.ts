import { setTimeout as sleep } from 'node:timers/promises';
import { BrokenPromise } from '../ledger.ts';
import type { CrashTarget } from './target.ts';

const LOOK_MS = 1000;
/** What is over is gone after so long, whatever crashed. */
const BOUND_MS = 60_000;

/** Looks at the target all the time: how long after its end each account is still there. */
export class AccountWatch {
  readonly #target: CrashTarget;
  readonly #due = new Map<string, number>();
  #stopped = false;
  #running: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  /** Milliseconds from the end of a credential to the last look at which it was there. */
  slowest = 0;
  outliving = 0;
  /** What the slowest one was waiting for. */
  readonly #lateNames = new Set<string>();

  constructor(target: CrashTarget) {
    this.#target = target;
  }

  begin(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    this.check();
  }

  /** From when on it should be gone, as milliseconds since the epoch; Infinity while nobody knows. */
  due(name: string, at: number): void {
    this.#due.set(name, at);
  }

  /** The same, unless something earlier was said before. */
  dueBy(name: string, at: number): void {
    const before = this.#due.get(name);
    this.#due.set(name, before === undefined ? at : Math.min(before, at));
  }

  /** @throws BrokenPromise for what was seen to outlive its end, and whatever made looking impossible */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.outliving > 0) throw new BrokenPromise(`${this.outliving} credentials outlived their end: ${[...this.#lateNames]}`);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#look().catch((error: Error) => {
        this.#failure ??= error;
      });
      await sleep(LOOK_MS);
    }
  }

  async #look(): Promise<void> {
    const now = Date.now();
    const there = new Set(await this.#target.accounts());
    for (const [name, due] of this.#due) {
      if (!there.has(name)) {
        if (due < now) this.#due.delete(name);
        continue;
      }
      this.slowest = Math.max(this.slowest, now - due);
      if (now - due <= BOUND_MS || this.#lateNames.has(name)) continue;
      this.#lateNames.add(name);
      this.outliving += 1;
    }
  }
}
