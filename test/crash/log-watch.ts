import { nodeFiles } from '../../src/foundation/node-files.ts';
import type { Files } from '../../src/foundation/ports.ts';
import { LogReader } from '../../src/transparency/log-reader.ts';
import { verifyLog } from '../../src/transparency/verify-log.ts';
import { BrokenPromise } from './ledger.ts';

interface Event {
  readonly metadata: { readonly uid: string };
  readonly unmapped: { readonly phase: string; readonly outcome: string; readonly intent?: number };
}

type Checkpoint = NonNullable<Awaited<ReturnType<LogReader['lastCheckpoint']>>>;

/** An auditor's view of one log through all crashes: what was once seen in it must stay. */
export class LogWatch {
  readonly #directory: string;
  #next = 0;
  #checkpoint: Checkpoint | undefined;
  readonly #open = new Set<number>();

  constructor(directory: string) {
    this.#directory = directory;
  }

  get events(): number {
    return this.#next;
  }

  /**
   * With nothing going on: the log verifies, also against the checkpoint that was kept last time; every intent has exactly one
   * outcome; the answered requests are in it as successes, and are then taken off the list.
   * @throws BrokenPromise
   */
  async check(answered: Set<string>, files: Files = nodeFiles): Promise<void> {
    const reader = new LogReader(files, this.#directory);
    await this.#verify(reader);
    const succeeded = await this.#readOn(reader);
    if (this.#open.size > 0) throw new BrokenPromise(`intents without an outcome: ${[...this.#open]}`);
    for (const id of answered) {
      if (!succeeded.has(id)) throw new BrokenPromise(`request ${id} was answered, but the log does not say so`);
    }
    answered.clear();
    this.#checkpoint = await reader.lastCheckpoint();
  }

  async #verify(reader: LogReader): Promise<void> {
    const checkpoint = this.#checkpoint;
    const { failure, proven } = await verifyLog(reader, { checkpoint });
    if (failure !== undefined) throw new BrokenPromise(`the log does not verify: ${failure.message}`);
    if (checkpoint !== undefined && proven !== checkpoint.size)
      throw new BrokenPromise('the log has lost what a checkpoint covers');
  }

  async #readOn(reader: LogReader): Promise<ReadonlySet<string>> {
    const succeeded = new Set<string>();
    for await (const { index, bytes } of reader.linesFrom(this.#next)) {
      const { metadata, unmapped } = JSON.parse(bytes.toString('utf8')) as Event;
      if (unmapped.phase === 'intent') this.#open.add(index);
      else if (unmapped.phase === 'outcome' && !this.#open.delete(unmapped.intent ?? -1)) {
        throw new BrokenPromise(`event ${index} is a second outcome, or one without an intent`);
      }
      if (unmapped.phase !== 'intent' && unmapped.outcome === 'success') succeeded.add(metadata.uid);
      this.#next = index + 1;
    }
    return succeeded;
  }
}
