import { hash } from 'node:crypto';
import { WatchwordError } from '../foundation/errors.ts';
import type { IndexEntry } from '../transparency/log-format.ts';
import { type CompactRange, LEAF_PREFIX } from '../transparency/merkle.ts';

const NEWLINE = 10;

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
  /** A newline, then each line with its newline. */
  readonly #bytes: Buffer;
  /** True once its callers were told that it failed: it must not become part of the log any more. */
  abandoned = false;

  constructor(events: readonly WaitingEvent[]) {
    this.#events = events;
    let text = '\n';
    for (const { line } of events) text += `${line}\n`;
    this.#bytes = Buffer.from(text);
  }

  get tick(): number | undefined {
    return this.#events[0]?.tick;
  }

  get lines(): readonly string[] {
    return this.#events.map(({ line }) => line);
  }

  /** The lines as they are written. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(1);
  }

  /**
   * The tree and the index entries with these events, which follow `offset` bytes in their file. Only after writing: a leaf
   * hash covers a zero byte before its line, which is put there in place of the newline before it.
   */
  appendedTo(tree: CompactRange, offset: number): { readonly tree: CompactRange; readonly entries: readonly IndexEntry[] } {
    const bytes = this.#bytes;
    const grown = tree.copy();
    const entries: IndexEntry[] = [];
    for (let from = 0; from < bytes.length - 1; ) {
      const newline = bytes.indexOf(NEWLINE, from + 1);
      bytes[from] = LEAF_PREFIX;
      const leaf = hash('sha256', bytes.subarray(from, newline), 'buffer');
      grown.append(leaf);
      entries.push({ leaf, end: offset + newline });
      from = newline;
    }
    return { tree: grown, entries };
  }

  succeed(): void {
    for (const { resolve, index } of this.#events) resolve(index);
  }

  fail(cause: unknown): void {
    this.abandoned = true;
    for (const { reject } of this.#events) reject(unavailable(cause));
  }
}

export function unavailable(cause?: unknown): WatchwordError {
  return new WatchwordError('audit.unavailable', undefined, { cause });
}
