import { FileBytes } from './file-bytes.ts';
import { DamagedObject, inflateInto } from './inflate.ts';
import { PackIndex } from './pack-index.ts';

export const kinds = ['', 'commit', 'tree', 'blob', 'tag'] as const;

export const OFS_DELTA = 6;
export const REF_DELTA = 7;

/** Longest header of an entry: type and size, then the distance or the id of the base. */
const HEADER = 64;

/** What stands before the compressed data of an entry. */
export interface Entry {
  /** 1 to 4 as in `kinds`, or a delta's. */
  readonly type: number;
  /** Of the inflated data; for a delta that of the delta. */
  readonly size: number;
  /** Bytes of the header. */
  readonly header: number;
  /** For an `OFS_DELTA`: where its base is. */
  readonly baseOffset: number;
  /** For a `REF_DELTA`: the id of its base. */
  readonly baseId: Uint8Array | undefined;
}

/** Reads the header of an entry that stands at `at` in `bytes` and at `offset` in the pack. @throws DamagedObject */
export function parseEntry(bytes: Uint8Array, at: number, offset: number, idBytes: number): Entry {
  const start = at;
  let byte = bytes[at++] as number;
  const type = (byte >> 4) & 7;
  let size = byte & 15;
  for (let factor = 16; byte >= 128; factor *= 128) {
    byte = bytes[at++] as number;
    if (byte === undefined || factor > 2 ** 49) throw new DamagedObject('its header is damaged');
    size += (byte & 127) * factor;
  }
  let baseOffset = -1;
  let baseId: Uint8Array | undefined;
  if (type === OFS_DELTA) {
    byte = bytes[at++] as number;
    let distance = byte & 127;
    while (byte >= 128) {
      byte = bytes[at++] as number;
      distance = (distance + 1) * 128 + (byte & 127);
    }
    baseOffset = offset - distance;
    if (!(baseOffset >= 12 && baseOffset < offset)) throw new DamagedObject('its header is damaged');
  } else if (type === REF_DELTA) {
    baseId = bytes.slice(at, at + idBytes);
    at += idBytes;
  } else if (type === 0 || type === 5) {
    throw new DamagedObject('its header is damaged');
  }
  return { type, size, header: at - start, baseOffset, baseId };
}

/** One pack with its index. Kept open: it stays readable when a repack removes it. */
export class Pack {
  readonly path: string;
  readonly index: PackIndex;
  readonly bytes: FileBytes;
  readonly idBytes: number;
  #order: Uint32Array | undefined;
  #offsets: Float64Array | undefined;

  /** `path` without `.pack` or `.idx`. @throws DamagedObject, or an error of the file system */
  constructor(path: string, idBytes: number, held?: number) {
    this.path = path;
    this.idBytes = idBytes;
    this.index = new PackIndex(`${path}.idx`, idBytes);
    this.bytes = new FileBytes(`${path}.pack`, held);
  }

  /** Positions in the index, in the order of the pack. */
  get order(): Uint32Array {
    this.#order ??= inOrderOfOffset(this.index);
    return this.#order;
  }

  /** Where the entries begin, rising, and after the last where it ends. */
  get offsets(): Float64Array {
    if (this.#offsets === undefined) {
      const { order, index } = this;
      const offsets = new Float64Array(order.length + 1);
      for (let place = 0; place < order.length; place += 1) offsets[place] = index.offsetAt(order[place] as number);
      offsets[order.length] = this.bytes.size - this.idBytes;
      this.#offsets = offsets;
    }
    return this.#offsets;
  }

  /** Place in the order of the pack of the entry that begins at `offset`; -1 when none does. */
  placeOf(offset: number): number {
    const { offsets } = this;
    let low = 0;
    let high = offsets.length - 2;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = offsets[middle] as number;
      if (found === offset) return middle;
      if (found < offset) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  /** The header of an entry. @throws DamagedObject */
  entry(offset: number): Entry {
    const { bytes, at } = this.bytes.range(offset, HEADER);
    return parseEntry(bytes, at, offset, this.idBytes);
  }

  /** Inflates an entry's data into `output`. @throws DamagedObject */
  inflate(place: number, header: number, size: number, output: Uint8Array): void {
    const start = (this.offsets[place] as number) + header;
    const length = (this.offsets[place + 1] as number) - start;
    const { bytes, at } = this.bytes.range(start, length);
    inflateInto(bytes, at, Math.min(length, bytes.length - at), output, size);
  }

  close(): void {
    this.bytes.close();
  }
}

function inOrderOfOffset(index: PackIndex): Uint32Array {
  const { count } = index;
  const order = new Uint32Array(count);
  let largest = 0;
  for (let position = 0; position < count; position += 1) largest = Math.max(largest, index.offsetAt(position));
  if ((largest + 1) * count >= Number.MAX_SAFE_INTEGER) {
    for (let position = 0; position < count; position += 1) order[position] = position;
    return order.sort((a, b) => index.offsetAt(a) - index.offsetAt(b));
  }
  // Offset and position in one number: sorting numbers without a comparison function is several times faster.
  const keys = new Float64Array(count);
  for (let position = 0; position < count; position += 1) keys[position] = index.offsetAt(position) * count + position;
  keys.sort();
  for (let place = 0; place < count; place += 1) order[place] = (keys[place] as number) % count;
  return order;
}
