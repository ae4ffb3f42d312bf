import { runEnd } from '../../engine/layers/runs.ts';
import type { Seams } from './delta.ts';

/** Longest escape before a match, and room to spare. */
const BEFORE = 8;
/** Line feeds between two windows, so that they do not read as one text. */
const APART = 4;
/** Of a text that has changed more than this, all is looked at. */
const MOST_CHANGED = 0.7;

/** Base64 in both alphabets, and what names are made of. */
export const MEMBER: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[A-Za-z0-9+/_-]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** Numbers for each window. */
const FIELDS = 5;

/**
 * The parts of a derived text in which its changes may have made or unmade the surroundings that a prefilter asks for, each with
 * what is to be seen around it. A place is changed when something new stands among the few bytes before it, or in what follows up
 * to the end of a run that begins within `reach`.
 */
export class Windows {
  readonly #reach: number;
  /** Of each: the changed part's beginning and end, the window's beginning and end, where it is staged. */
  #fields = new Int32Array(64 * FIELDS);
  count = 0;

  constructor(reach: number) {
    this.#reach = reach;
  }

  /** False when it is not worth the while. */
  lay(bytes: Uint8Array, { pairs, length }: Seams): boolean {
    this.count = 0;
    let last = -1;
    let total = 0;
    for (let index = 0; index < length; index += 2) {
      const start = pairs[index] as number;
      const to = Math.min(bytes.length, (pairs[index + 1] as number) + BEFORE);
      let run = start;
      while (run > 0 && MEMBER[bytes[run - 1] as number] === 1) run -= 1;
      const from = Math.max(0, run - this.#reach);
      const end = runEnd(bytes, Math.min(bytes.length, to + this.#reach));
      const fields = this.#fields;
      if (last >= 0 && from - BEFORE <= (fields[last + 3] as number)) {
        const before = fields[last + 3] as number;
        fields[last + 1] = Math.max(fields[last + 1] as number, to);
        fields[last + 3] = Math.max(before, end);
        total += Math.max(0, end - before);
        continue;
      }
      last = this.#add(from, to, end);
      total += end - from;
      if (total > MOST_CHANGED * bytes.length) return false;
    }
    return total <= MOST_CHANGED * bytes.length;
  }

  #add(from: number, to: number, end: number): number {
    const at = this.count * FIELDS;
    if (at === this.#fields.length) {
      const grown = new Int32Array(at * 2);
      grown.set(this.#fields);
      this.#fields = grown;
    }
    const fields = this.#fields;
    fields[at] = from;
    fields[at + 1] = to;
    fields[at + 2] = Math.max(0, from - BEFORE);
    fields[at + 3] = end;
    this.count += 1;
    return at;
  }

  /** Puts the windows one after another into `target`; returns how long that is. */
  stage(bytes: Uint8Array, target: Uint8Array): number {
    let at = 0;
    for (let index = 0; index < this.count; index += 1) {
      const field = index * FIELDS;
      const begin = this.#fields[field + 2] as number;
      const end = this.#fields[field + 3] as number;
      this.#fields[field + 4] = at;
      target.set(bytes.subarray(begin, end), at);
      at += end - begin;
      for (let apart = 0; apart < APART; apart += 1) target[at + apart] = 10;
      at += APART;
    }
    return at;
  }

  /** Where the changed part begins. */
  from(index: number): number {
    return this.#fields[index * FIELDS] as number;
  }

  /** Where the changed part ends. */
  to(index: number): number {
    return this.#fields[index * FIELDS + 1] as number;
  }

  /** What is to be added to a staged position for that in the text. */
  shift(index: number): number {
    return (this.#fields[index * FIELDS + 2] as number) - (this.#fields[index * FIELDS + 4] as number);
  }

  stagedEnd(index: number): number {
    return (this.#fields[index * FIELDS + 3] as number) - this.shift(index);
  }
}
