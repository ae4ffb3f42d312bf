import { regularBytes } from '../../own-file.ts';
import { DamagedObject } from './inflate.ts';

/** Which objects a pack holds and where (gitformat-pack, version 2), in the order of their ids. */
export class PackIndex {
  readonly count: number;
  readonly idBytes: number;
  /** All ids, rising. */
  readonly ids: Buffer;
  readonly #fanout = new Uint32Array(257);
  readonly #offsets: Float64Array;

  /** @throws DamagedObject */
  constructor(path: string, idBytes: number) {
    const file = regularBytes(path, Number.MAX_SAFE_INTEGER);
    if (file === undefined) throw new DamagedObject('its index is no regular file');
    if (file.length < 1032 || file.readUInt32BE(0) !== 0xff744f63 || file.readUInt32BE(4) !== 2)
      throw new DamagedObject('its index is not of version 2');
    this.idBytes = idBytes;
    for (let index = 0; index < 256; index += 1) this.#fanout[index + 1] = file.readUInt32BE(8 + index * 4);
    const count = this.#fanout[256] as number;
    this.count = count;
    const offsetsAt = 1032 + count * (idBytes + 4);
    const largeAt = offsetsAt + count * 4;
    if (file.length < largeAt + 2 * idBytes) throw new DamagedObject('its index is cut off');
    this.ids = file.subarray(1032, 1032 + count * idBytes);
    this.#offsets = new Float64Array(count);
    for (let index = 0; index < count; index += 1) {
      const offset = file.readUInt32BE(offsetsAt + index * 4);
      if (offset < 0x80000000) this.#offsets[index] = offset;
      else {
        const at = largeAt + (offset - 0x80000000) * 8;
        if (at + 8 > file.length) throw new DamagedObject('its index is cut off');
        this.#offsets[index] = file.readUInt32BE(at) * 0x100000000 + file.readUInt32BE(at + 4);
      }
    }
  }

  /** A view, not a copy. */
  idAt(position: number): Buffer {
    return this.ids.subarray(position * this.idBytes, (position + 1) * this.idBytes);
  }

  offsetAt(position: number): number {
    return this.#offsets[position] as number;
  }

  /** Position of the id that stands at `at` in `bytes`; -1 when the pack does not hold it. */
  find(bytes: Uint8Array, at = 0): number {
    const first = bytes[at] as number;
    let low = this.#fanout[first] as number;
    let high = this.#fanout[first + 1] as number;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.#compare(middle, bytes, at);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return -1;
  }

  #compare(position: number, bytes: Uint8Array, at: number): number {
    const from = position * this.idBytes;
    for (let index = 1; index < this.idBytes; index += 1) {
      const difference = (this.ids[from + index] as number) - (bytes[at + index] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  }
}
