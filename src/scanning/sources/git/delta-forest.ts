import { DamagedObject } from './inflate.ts';
import { OFS_DELTA, type Pack, parseEntry, REF_DELTA } from './pack.ts';

/** Bytes of a pack that are looked at together while its headers are read. */
const WINDOW = 8 * 1024 * 1024;
const HEADER = 64;

/** In `base`: the entry is not a delta. */
const ROOT = -1;
/** In `base`: the entry is a delta on an object outside the pack. */
export const OUTSIDE = -2;
/** In `base`: the entry's header is damaged, or its base is nowhere. */
const DAMAGED = -3;

/**
 * The entries of a pack as trees: a delta is a child of its base. All by place (the order of the pack); plain arrays, so that a
 * thread can be given a part of it.
 */
export interface Forest {
  /** 1 to 4 as in `kinds`, for a delta that of its root; 0 when it is not known before an outside base was read. */
  readonly kind: Uint8Array;
  readonly header: Uint8Array;
  /** Of the inflated data: the object, or the delta. */
  readonly size: Float64Array;
  readonly base: Int32Array;
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  /** Every entry that can be reached from a root, each after its base. */
  readonly preorder: Int32Array;
  /** Ids of the bases outside the pack. */
  readonly outside: ReadonlyMap<number, Uint8Array>;
}

/** Reads the headers of all entries. Damaged ones are marked, never thrown. */
export function growForest(pack: Pack): Forest {
  const { order, offsets, idBytes } = pack;
  const count = order.length;
  const kind = new Uint8Array(count);
  const header = new Uint8Array(count);
  const size = new Float64Array(count);
  const base = new Int32Array(count);
  const outside = new Map<number, Uint8Array>();
  let window = pack.bytes.range(0, 0);
  let windowStart = 0;
  let windowEnd = 0;
  for (let place = 0; place < count; place += 1) {
    const offset = offsets[place] as number;
    if (offset + HEADER > windowEnd) {
      window = pack.bytes.hold() ? pack.bytes.range(offset, 0) : { bytes: pack.bytes.read(offset, WINDOW), at: 0 };
      windowStart = offset;
      windowEnd = offset + (window.bytes.length - window.at);
    }
    try {
      const entry = parseEntry(window.bytes, window.at + offset - windowStart, offset, idBytes);
      header[place] = entry.header;
      size[place] = entry.size;
      if (entry.type === OFS_DELTA) {
        const found = pack.placeOf(entry.baseOffset);
        base[place] = found < 0 ? DAMAGED : found;
      } else if (entry.type === REF_DELTA && entry.baseId !== undefined) {
        const position = pack.index.find(entry.baseId);
        base[place] = position < 0 ? OUTSIDE : pack.placeOf(pack.index.offsetAt(position));
        if (position < 0) outside.set(place, entry.baseId);
      } else {
        kind[place] = entry.type;
        base[place] = ROOT;
      }
    } catch (error) {
      if (!(error instanceof DamagedObject)) throw error;
      base[place] = DAMAGED;
    }
  }
  return { kind, header, size, base, outside, ...linked(base, kind) };
}

function linked(base: Int32Array, kind: Uint8Array): Pick<Forest, 'firstChild' | 'nextSibling' | 'preorder'> {
  const count = base.length;
  const firstChild = new Int32Array(count).fill(-1);
  const nextSibling = new Int32Array(count).fill(-1);
  for (let place = count - 1; place >= 0; place -= 1) {
    const parent = base[place] as number;
    if (parent < 0) continue;
    nextSibling[place] = firstChild[parent] as number;
    firstChild[parent] = place;
  }
  const preorder = new Int32Array(count);
  let visited = 0;
  const stack: number[] = [];
  for (let root = 0; root < count; root += 1) {
    if (base[root] !== ROOT && base[root] !== OUTSIDE) continue;
    stack.push(root);
    for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
      preorder[visited++] = place;
      for (let child = firstChild[place] as number; child >= 0; child = nextSibling[child] as number) {
        kind[child] = kind[place] as number;
        stack.push(child);
      }
    }
  }
  return { firstChild, nextSibling, preorder: preorder.subarray(0, visited) };
}
