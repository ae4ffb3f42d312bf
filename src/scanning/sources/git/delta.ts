import { DamagedObject } from './inflate.ts';

/** Sizes that a delta declares, and where its instructions begin. */
export interface DeltaHeader {
  readonly baseSize: number;
  readonly size: number;
  readonly at: number;
}

/** @throws DamagedObject */
export function deltaHeader(delta: Uint8Array, length: number): DeltaHeader {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      if (at >= length || factor > 2 ** 49) throw new DamagedObject('its delta is damaged');
      const byte = delta[at++] as number;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  const baseSize = varint();
  const size = varint();
  return { baseSize, size, at };
}

const overrun = (): DamagedObject => new DamagedObject('its delta is damaged');

/** Ranges of the result that were not copied from the base, or where two copies meet: pairs of start and end, rising. */
export class Seams {
  pairs = new Int32Array(1024);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  /** Whether a range holds something between two bytes, both included. */
  touches(from: number, to: number): boolean {
    let low = 0;
    let high = this.length >> 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.pairs[middle * 2 + 1] as number) < from) low = middle + 1;
      else high = middle;
    }
    return low * 2 < this.length && (this.pairs[low * 2] as number) <= to;
  }

  /** Joined to the last range when they are less than `near` apart. */
  add(start: number, end: number, near: number): void {
    const { length } = this;
    if (length > 0 && start - (this.pairs[length - 1] as number) <= near) {
      this.pairs[length - 1] = end;
      return;
    }
    if (length === this.pairs.length) {
      const grown = new Int32Array(length * 2);
      grown.set(this.pairs);
      this.pairs = grown;
    }
    this.pairs[length] = start;
    this.pairs[length + 1] = end;
    this.length = length + 2;
  }
}

/** Stretches of the result that were copied from the base: triples of where in the base, where in the result, how many bytes. */
export class Copies {
  triples = new Int32Array(768);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  /** In the order of the result. Joined to the last one when it goes on in both. */
  add(from: number, to: number, count: number): void {
    const { length, triples } = this;
    if (length > 0) {
      const last = triples[length - 1] as number;
      if ((triples[length - 3] as number) + last === from && (triples[length - 2] as number) + last === to) {
        triples[length - 1] = last + count;
        return;
      }
    }
    if (length === triples.length) {
      this.triples = new Int32Array(length * 2);
      this.triples.set(triples);
    }
    this.triples[length] = from;
    this.triples[length + 1] = to;
    this.triples[length + 2] = count;
    this.length = length + 3;
  }
}

/** What an object has of its base, and what it has not. */
export interface Derivation {
  readonly copies: Copies;
  readonly seams: Seams;
  /** Seams less than this apart become one. */
  readonly near: number;
}

/**
 * Notes the seams between copies. Where both texts begin or end alike there is none: what stands there sees the same on both sides.
 */
export function noteSeams({ copies, seams, near }: Derivation, baseSize: number, size: number): void {
  seams.clear();
  let end = 0;
  let baseEnd = 0;
  for (let index = 0; index < copies.length; index += 3) {
    const from = copies.triples[index] as number;
    const to = copies.triples[index + 1] as number;
    if (index > 0 || from > 0 || to > 0) seams.add(end, to, near);
    end = to + (copies.triples[index + 2] as number);
    baseEnd = from + (copies.triples[index + 2] as number);
  }
  if (end < size || baseEnd < baseSize) seams.add(end, size, near);
}

/**
 * Builds an object from its base and a delta (gitformat-pack: copy and insert instructions) into `out`, which has room for it.
 * Notes the copies when asked.
 * @throws DamagedObject when an instruction reaches outside the base or the result
 */
export function applyDelta(
  base: Uint8Array,
  delta: Uint8Array,
  length: number,
  header: DeltaHeader,
  out: Uint8Array,
  copies?: Copies,
): void {
  const { size, baseSize } = header;
  let { at } = header;
  let to = 0;
  while (at < length) {
    const op = delta[at++] as number;
    if (op >= 128) {
      let from = 0;
      let count = 0;
      if (op & 1) from = delta[at++] as number;
      if (op & 2) from |= (delta[at++] as number) << 8;
      if (op & 4) from |= (delta[at++] as number) << 16;
      if (op & 8) from += (delta[at++] as number) * 0x1000000;
      if (op & 16) count = delta[at++] as number;
      if (op & 32) count |= (delta[at++] as number) << 8;
      if (op & 64) count |= (delta[at++] as number) << 16;
      if (count === 0) count = 65536;
      if (at > length || from + count > baseSize || to + count > size) throw overrun();
      copy(base, from, count, out, to);
      if (copies !== undefined) copies.add(from, to, count);
      to += count;
    } else {
      if (op === 0 || at + op > length || to + op > size) throw overrun();
      copy(delta, at, op, out, to);
      at += op;
      to += op;
    }
  }
  if (to !== size) throw overrun();
}

function copy(from: Uint8Array, at: number, count: number, out: Uint8Array, to: number): void {
  if (count < 48) {
    for (let index = 0; index < count; index += 1) out[to + index] = from[at + index] as number;
  } else {
    out.set(from.subarray(at, at + count), to);
  }
}
