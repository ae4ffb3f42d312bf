import { TextDecoder } from 'node:util';
import type { Position } from './sighting.ts';

/** Text in an encoding that the engine reads: one byte per ASCII character. */
export interface EngineText {
  readonly bytes: Uint8Array;
  /** From a position in `bytes` to the one in the file. */
  raw(position: Position): Position;
}

const PROBE = 8192;
const same = (position: Position): Position => position;

/** UTF-16 is transcoded; undefined for bytes that are no text (a NUL in the first 8 KiB). */
export function asText(bytes: Uint8Array): EngineText | undefined {
  const nul = bytes.subarray(0, PROBE).includes(0);
  // Nearly all texts: nothing in them hints at another encoding.
  if (!nul && (bytes[0] ?? 0) < 0xfe) return { bytes, raw: same };
  const littleEndian = utf16Order(bytes);
  if (littleEndian !== undefined) return fromUtf16(bytes, littleEndian);
  return nul ? undefined : { bytes, raw: same };
}

/** Whether bytes that begin like this are no text. */
export function isBinary(beginning: Uint8Array): boolean {
  return beginning.subarray(0, PROBE).includes(0) && utf16Order(beginning) === undefined;
}

/** A text that passes in chunks, UTF-16 transcoded. Positions are then those in what comes out. */
export async function* utf8From(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let decoder: TextDecoder | undefined;
  let first = true;
  for await (const chunk of chunks) {
    if (first) {
      const littleEndian = utf16Order(chunk);
      if (littleEndian !== undefined) decoder = new TextDecoder(littleEndian ? 'utf-16le' : 'utf-16be');
      first = chunk.length === 0;
    }
    yield decoder === undefined ? chunk : Buffer.from(decoder.decode(chunk, { stream: true }));
  }
}

/** By its byte order mark, or by NULs in every other byte of the beginning. */
function utf16Order(bytes: Uint8Array): boolean | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return true;
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return false;
  const probe = bytes.subarray(0, 64);
  if (probe.length < 16 || probe.length % 2 === 1) return undefined;
  const nulAt = (parity: number): boolean => probe.every((byte, at) => at % 2 !== parity || byte === 0);
  const textAt = (parity: number): boolean => probe.every((byte, at) => at % 2 !== parity || byte !== 0);
  if (nulAt(1) && textAt(0)) return true;
  if (nulAt(0) && textAt(1)) return false;
  return undefined;
}

function fromUtf16(bytes: Uint8Array, littleEndian: boolean): EngineText {
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  const text = (littleEndian ? even : even.swap16()).toString('utf16le');
  const transcoded = Buffer.from(text, 'utf8');
  const units = new UnitCount(transcoded);
  return {
    bytes: transcoded,
    raw: ({ line, column, byte }) => ({ line, column, byte: units.before(byte) * 2 }),
  };
}

/** UTF-16 units of a UTF-8 text up to a place. Asked in rising order, as hits come, it reads the text once. */
class UnitCount {
  readonly #bytes: Buffer;
  #to = 0;
  #units = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  before(byte: number): number {
    const known = byte >= this.#to;
    const units = (known ? this.#units : 0) + this.#bytes.toString('utf8', known ? this.#to : 0, byte).length;
    // A place between two characters: hits begin and end at such.
    this.#to = byte;
    this.#units = units;
    return units;
  }
}
