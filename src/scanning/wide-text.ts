import type { Position } from './sighting.ts';

/** Encodings in which an ASCII character takes more than a byte. */
export type Wide = 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be';

const widthOf = (encoding: Wide): number => (encoding.startsWith('utf-32') ? 4 : 2);

/** A whole text in UTF-8. Positions are those in the file. */
export function fromWide(
  bytes: Uint8Array,
  encoding: Wide,
): { readonly bytes: Uint8Array; readonly raw: (position: Position) => Position } {
  const transcoded = wideDecoder(encoding)(bytes);
  const width = widthOf(encoding);
  const count = new CharacterCount(Buffer.from(transcoded.buffer, transcoded.byteOffset, transcoded.length), width === 4);
  // A byte order mark is a character of the file; we keep it.
  const raw = ({ line, column, byte }: Position): Position => ({ line, column, byte: count.before(byte) * width });
  return { bytes: transcoded, raw };
}

/** Transcodes one chunk after the other to UTF-8; what is cut in the middle of a character waits for the next. */
export function wideDecoder(encoding: Wide): (chunk: Uint8Array) => Uint8Array {
  if (widthOf(encoding) === 4) return utf32Decoder(encoding === 'utf-32le');
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  return (chunk) => Buffer.from(decoder.decode(chunk, { stream: true }));
}

const REPLACEMENT = 0xfffd;

function utf32Decoder(littleEndian: boolean): (chunk: Uint8Array) => Uint8Array {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const bytes = Buffer.concat([rest, chunk]);
    const whole = bytes.length & ~3;
    const out = Buffer.allocUnsafe(whole * 2);
    let length = 0;
    for (let at = 0; at < whole; at += 4) {
      const code = littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
      if (code < 0x80) out[length++] = code;
      else length += out.write(String.fromCodePoint(code > 0x10ffff ? REPLACEMENT : code), length, 'utf8');
    }
    rest = bytes.subarray(whole);
    return out.subarray(0, length);
  };
}

/** Characters of a UTF-8 text, or UTF-16 units, up to a place. Asked in rising order, as hits come, it reads the text once. */
class CharacterCount {
  readonly #bytes: Buffer;
  readonly #wholeCharacters: boolean;
  #to = 0;
  #count = 0;

  constructor(bytes: Buffer, wholeCharacters: boolean) {
    this.#bytes = bytes;
    this.#wholeCharacters = wholeCharacters;
  }

  before(byte: number): number {
    const known = byte >= this.#to;
    const text = this.#bytes.subarray(known ? this.#to : 0, byte);
    const more = this.#wholeCharacters ? charactersIn(text) : text.toString('utf8').length;
    // A place between two characters: hits begin and end at such.
    this.#count = (known ? this.#count : 0) + more;
    this.#to = byte;
    return this.#count;
  }
}

function charactersIn(text: Uint8Array): number {
  let count = 0;
  for (const byte of text) if ((byte & 0xc0) !== 0x80) count += 1;
  return count;
}
