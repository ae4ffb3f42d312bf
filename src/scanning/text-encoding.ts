import type { Position } from './sighting.ts';
import { fromWide, type Wide, wideDecoder } from './wide-text.ts';

/** Text in an encoding that the engine reads: one byte per ASCII character. */
export interface EngineText {
  readonly bytes: Uint8Array;
  /** From a position in `bytes` to the one in the file. */
  raw(position: Position): Position;
}

const PROBE = 8192;
const same = (position: Position): Position => position;

/** UTF-16 and UTF-32 are transcoded; undefined for bytes that are no text. */
export function asText(bytes: Uint8Array): EngineText | undefined {
  const encoding = encodingOf(bytes);
  if (encoding === 'bytes') return { bytes, raw: same };
  return encoding === undefined ? undefined : fromWide(bytes, encoding);
}

/** Whether bytes that begin like this are no text. */
export const isBinary = (beginning: Uint8Array): boolean => encodingOf(beginning) === undefined;

/** A text that passes in chunks, UTF-16 and UTF-32 transcoded. Positions are then those in what comes out. */
export async function* utf8From(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let decode: ((chunk: Uint8Array) => Uint8Array) | undefined;
  let first = true;
  for await (const chunk of chunks) {
    if (first && chunk.length > 0) {
      first = false;
      const encoding = encodingOf(chunk);
      if (encoding !== undefined && encoding !== 'bytes') decode = wideDecoder(encoding);
    }
    yield decode === undefined ? chunk : decode(chunk);
  }
}

/** Undefined for what is no text. */
function encodingOf(bytes: Uint8Array): 'bytes' | Wide | undefined {
  const probe = bytes.subarray(0, PROBE);
  const nul = probe.includes(0);
  // Nearly all texts: nothing in them hints at another encoding.
  if (!nul && (bytes[0] ?? 0) < 0xfe) return 'bytes';
  return byMark(probe) ?? wideOf(probe) ?? (!nul || isNearlyText(probe) ? 'bytes' : undefined);
}

function byMark(probe: Uint8Array): Wide | undefined {
  const [first, second, third, fourth] = probe;
  if (first === 0 && second === 0 && third === 0xfe && fourth === 0xff) return 'utf-32be';
  const little = first === 0xff && second === 0xfe;
  if (!little && !(first === 0xfe && second === 0xff)) return undefined;
  if (little && third === 0 && fourth === 0) return 'utf-32le';
  // Two bytes that look like a mark must not hide a text of single bytes. What is no Latin letter in UTF-16 has hardly a printable one.
  if (!probe.includes(0) && printableShare(probe) > 0.7) return undefined;
  return little ? 'utf-16le' : 'utf-16be';
}

function printableShare(probe: Uint8Array): number {
  let printable = 0;
  for (const byte of probe) if (KIND[byte] === PRINTABLE) printable += 1;
  return printable / probe.length;
}

/**
 * Which of four neighbouring bytes are the zeros of ASCII characters, and how many of those are zeros at least, in texts of which half are
 * such. UTF-16 has two thirds of the zeros of UTF-32.
 */
const patterns: readonly (readonly [Wide, readonly boolean[], share: number])[] = [
  ['utf-32le', [false, true, true, true], 0.8],
  ['utf-32be', [true, true, true, false], 0.8],
  ['utf-16le', [false, true, false, true], 0.5],
  ['utf-16be', [true, false, true, false], 0.5],
];
const LEAST_WIDE = 16;
/** Enough of a beginning to tell what is none. */
const FIRST_LOOK = 1024;

const wideOf = (probe: Uint8Array): Wide | undefined =>
  byZeros(probe.subarray(0, FIRST_LOOK)) === undefined ? undefined : byZeros(probe);

/** Every binary file comes by here, so each byte is looked at once. */
function byZeros(probe: Uint8Array): Wide | undefined {
  const { length } = probe;
  if (length < LEAST_WIDE) return undefined;
  // Four numbers for each kind of bytes.
  const counts = new Uint32Array(16);
  for (let at = 0; at < length; at += 1) {
    const index = ((KIND[probe[at] as number] as number) << 2) | (at & 3);
    counts[index] = (counts[index] as number) + 1;
  }
  return patterns.find(([, isZero, share]) => {
    let [wanted, found, others, printable] = [0, 0, 0, 0];
    for (const [column, isWanted] of isZero.entries()) {
      const all = (length + 3 - column) >> 2;
      if (isWanted) {
        wanted += all;
        found += counts[(ZERO << 2) | column] ?? 0;
      } else {
        others += all;
        printable += counts[(PRINTABLE << 2) | column] ?? 0;
      }
    }
    // What is no printable character beside a zero may be a part of one beside something else.
    return found >= share * wanted && printable * 2 >= others && others - printable <= (wanted - found) * 2 + others / 50;
  })?.[0];
}

const ZERO = 0;
const PRINTABLE = 1;
const CONTROL = 2;
const HIGH = 3;
const KIND = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === 0) return ZERO;
  if ((byte >= 0x20 && byte < 0x7f) || (byte >= 8 && byte <= 13) || byte === 0x1b) return PRINTABLE;
  return byte < 0x80 ? CONTROL : HIGH;
});

/**
 * A text with some zeros in it is one still: the variables of a process are, and a single zero must not hide a whole file. Of compressed
 * data a tenth are control characters and half is beyond ASCII.
 */
function isNearlyText(probe: Uint8Array): boolean {
  let counts = 0;
  for (let at = 0; at < probe.length; ) {
    for (const end = Math.min(at + BLOCK, probe.length); at < end; at += 1) counts += WEIGHT[probe[at] as number] as number;
    if ((counts & 0xffff) * 16 > probe.length || (counts >> 16) * 4 > probe.length) return false;
  }
  return true;
}

/** Bytes between two looks at the counts, of which there are two in one number. */
const BLOCK = 256;
const WEIGHT = Int32Array.from(KIND, (kind) => (kind === PRINTABLE ? 0 : kind === HIGH ? 1 << 16 : 1));
