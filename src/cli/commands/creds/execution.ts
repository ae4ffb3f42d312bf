import type { EventEmitter } from 'node:events';
import type { JsonObject } from '../../../foundation/exact-json.ts';
import { newId } from '../../../foundation/ids.ts';
import type { Clock, Random } from '../../../foundation/ports.ts';
import { codeOfSignal, hearsTerminal, type RunningChild, startChild } from './child.ts';
import { dotenvText } from './dotenv-text.ts';
import { Keeper } from './keeper.ts';
import { MemoryDirectory } from './memory-directory.ts';
import type { CredentialSource } from './source.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
const KEYS: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT']);
/** How long an answer is waited for once the command has ended, or somebody has said that he wants no more. */
const GRACE_MS = 10_000;
/** One press of Ctrl-C can arrive more than once. */
const ONE_PRESS_MS = 500;
const JSON_FILE = 'credentials.json';
const ENV_FILE = 'credentials.env';

export interface ExecutionPorts {
  readonly source: CredentialSource;
  readonly clock: Clock;
  readonly random: Random;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folders in memory, best first. */
  readonly places: readonly string[];
  /** Where our own signals are heard: `process`. */
  readonly signals: EventEmitter;
  readonly prefix: string;
  readonly say: (text: string) => void;
}

/**
 * Runs a command with a credential in a file, keeps the credential good, and leaves nothing behind. Gives the exit code.
 * @throws WatchwordError when no credential could be had; the command has not been started then
 */
export async function runWithCredential(words: readonly string[], on: ExecutionPorts): Promise<number> {
  const directory = new MemoryDirectory(on.places);
  const execution = new Execution(on, directory);
  try {
    return await execution.run(words);
  } finally {
    directory.remove();
    execution.close();
  }
}

class Execution {
  readonly #on: ExecutionPorts;
  readonly #directory: MemoryDirectory;
  readonly #quit = new AbortController();
  readonly #over = new AbortController();
  readonly #listeners = SIGNALS.map((signal) => [signal, () => this.#hear(signal)] as const);
  #child: RunningChild | undefined;
  /** The first one before the command ran. */
  #stopped: NodeJS.Signals | undefined;
  #heardAt = Number.NEGATIVE_INFINITY;

  constructor(on: ExecutionPorts, directory: MemoryDirectory) {
    this.#on = on;
    this.#directory = directory;
    for (const [signal, listener] of this.#listeners) on.signals.on(signal, listener);
  }

  async run(words: readonly string[]): Promise<number> {
    const keeper = await this.#begin();
    if (keeper === undefined) return codeOfSignal(this.#stopped ?? 'SIGINT');
    try {
      return this.#stopped === undefined ? await this.#whileKept(words, keeper) : codeOfSignal(this.#stopped);
    } finally {
      // Before anything is waited for.
      this.#directory.remove();
      void this.#quitLater();
      await keeper.giveBack();
    }
  }

  close(): void {
    this.#over.abort();
    for (const [signal, listener] of this.#listeners) this.#on.signals.off(signal, listener);
  }

  /** Undefined when nobody waited for the answer. */
  async #begin(): Promise<Keeper | undefined> {
    const { source, say } = this.#on;
    const quit = this.#quit.signal;
    try {
      const first = await source.issue({ idempotencyKey: newId(), signal: quit });
      const deliver = (data: JsonObject) => this.#deliver(data);
      return new Keeper(first, { ...this.#on, quit, deliver });
    } catch (error) {
      if (!quit.aborted) throw error;
      say('Interrupted before the answer came. A credential that was issued all the same ends by itself.');
      return undefined;
    }
  }

  async #whileKept(words: readonly string[], keeper: Keeper): Promise<number> {
    const { env, say } = this.#on;
    if (this.#directory.replaceable) say(`Other users could put a folder of theirs in the place of ${this.#directory.path}.`);
    keeper.deliver();
    const files = {
      WATCHWORD_CREDENTIALS_FILE: this.#directory.file(JSON_FILE),
      WATCHWORD_CREDENTIALS_ENV_FILE: this.#directory.file(ENV_FILE),
    };
    const done = new AbortController();
    this.#child = startChild(words, { ...env, ...files }, say);
    const keeping = keeper.keep(done.signal);
    const code = await this.#child.ended;
    this.#child = undefined;
    this.#heardAt = this.#on.clock.now();
    this.#directory.remove();
    done.abort();
    void this.#quitLater();
    // What is being issued at this moment is given back as well.
    await keeping;
    return code;
  }

  #deliver(data: JsonObject): void {
    const { text, unwritten } = dotenvText(data, this.#on.prefix);
    this.#directory.write(JSON_FILE, `${JSON.stringify(data)}\n`);
    this.#directory.write(ENV_FILE, text);
    for (const name of unwritten) this.#on.say(`${name} is left out of the .env file, which cannot hold it; it is in the JSON.`);
  }

  #hear(signal: NodeJS.Signals): void {
    if (this.#child !== undefined) {
      if (!KEYS.has(signal) || !hearsTerminal()) this.#child.pass(signal);
      return;
    }
    const now = this.#on.clock.now();
    if (now - this.#heardAt < ONE_PRESS_MS) return;
    const isFirst = this.#heardAt === Number.NEGATIVE_INFINITY;
    this.#heardAt = now;
    this.#stopped ??= signal;
    if (isFirst) void this.#quitLater();
    else this.#quit.abort();
  }

  async #quitLater(): Promise<void> {
    await this.#on.clock.sleep(GRACE_MS, this.#over.signal).then(
      () => this.#quit.abort(),
      () => undefined,
    );
  }
}
