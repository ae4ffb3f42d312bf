import { WatchwordError } from '../foundation/errors.ts';
import type { IndexEntry } from '../transparency/log-format.ts';
import { CompactRange, leafHash } from '../transparency/merkle.ts';

export interface WaitingEvent {
  readonly index: number;
  readonly line: string;
  /** Tick of the watchdog at which it came. */
  readonly tick: number;
  resolve(index: number): void;
  reject(error: WatchwordError): void;
}

/** Events that are written and synced together. */
export class Batch {
  readonly #events: readonly WaitingEvent[];
  /** True once its callers were told that it failed: it must not become part of the log any more. */
  abandoned = false;

  constructor(events: readonly WaitingEvent[]) {
    this.#events = events;
  }

  get tick(): number | undefined {
    return this.#events[0]?.tick;
  }

  bytes(): Buffer {
    let text = '';
    for (const { line } of this.#events) text += `${line}\n`;
    return Buffer.from(text);
  }

  /** The tree and the index entries with these events, which follow `offset` bytes in their file. */
  appendedTo(tree: CompactRange, offset: number): { readonly tree: CompactRange; readonly entries: readonly IndexEntry[] } {
    const grown = tree.copy();
    let end = offset;
    const entries = this.#events.map(({ line }) => {
      const leaf = leafHash(line);
      grown.append(leaf);
      end += Buffer.byteLength(line) + 1;
      return { leaf, end };
    });
    return { tree: grown, entries };
  }

  succeed(): void {
    for (const { resolve, index } of this.#events) resolve(index);
  }

  fail(cause: unknown): void {
    this.abandoned = true;
    for (const { reject } of this.#events) reject(new WatchwordError('audit.unavailable', undefined, { cause }));
  }
}
