import type { MappedText } from './mapped-text.ts';

/** What lies between the quotes of a string, still escaped. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The text is no JSON from here on. */
export class NotJson extends Error {
  readonly at: number;

  constructor(at: number) {
    super(`no JSON at byte ${at}`);
    this.at = at;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SMALL_U = 0x75;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

export type Kind = 'object' | 'array' | 'string' | 'scalar';

/**
 * Reads JSON from bytes, front to back, and knows the place of everything. Values are not built: the caller asks for what it
 * wants and skips the rest. Numbers, `true`, `NaN` and the like are skipped without a look.
 */
export class JsonCursor {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at;
  }

  /** What comes next. @throws NotJson at the end of the text */
  kind(): Kind {
    this.#space();
    const byte = this.bytes[this.at];
    if (byte === OPEN_OBJECT) return 'object';
    if (byte === OPEN_ARRAY) return 'array';
    if (byte === QUOTE) return 'string';
    if (byte === undefined || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT || byte === COMMA || byte === COLON) this.#fail();
    return 'scalar';
  }

  /** The keys of an object; the caller reads or skips the value of each before it asks for the next. */
  *entries(): Generator<Span> {
    this.#take(OPEN_OBJECT);
    if (this.#try(CLOSE_OBJECT)) return;
    do {
      this.#space();
      const key = this.string();
      this.#take(COLON);
      yield key;
    } while (this.#try(COMMA));
    this.#take(CLOSE_OBJECT);
  }

  /** The indexes of an array; the caller reads or skips each. With `passScalars`, numbers are passed over and not told of. */
  *items(passScalars = false): Generator<number> {
    this.#take(OPEN_ARRAY);
    if (this.#try(CLOSE_ARRAY)) return;
    let index = 0;
    do {
      if (passScalars && this.kind() === 'scalar') this.skip();
      else yield index;
      index += 1;
    } while (this.#try(COMMA));
    this.#take(CLOSE_ARRAY);
  }

  string(): Span {
    if (this.bytes[this.at] !== QUOTE) this.#fail();
    const start = this.at + 1;
    const end = endOfString(this.bytes, start);
    if (end < 0) this.#fail();
    this.at = end + 1;
    return { start, end };
  }

  /** Passes over one value, however deep. */
  skip(): void {
    const kind = this.kind();
    if (kind === 'string') this.string();
    else if (kind === 'scalar') this.#scalar();
    else this.#nested();
  }

  #nested(): void {
    const { bytes } = this;
    const from = this.at;
    let depth = 0;
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        at = endOfString(bytes, at + 1);
        if (at < 0) break;
      } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
        depth += 1;
      } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
        depth -= 1;
        if (depth > 0) continue;
        this.at = at + 1;
        return;
      }
    }
    throw new NotJson(from);
  }

  #scalar(): void {
    const { bytes } = this;
    const from = this.at;
    while (this.at < bytes.length) {
      const byte = bytes[this.at] as number;
      if (byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT || isSpace(byte)) break;
      if (byte === QUOTE || byte === OPEN_ARRAY || byte === OPEN_OBJECT || byte === COLON || this.at - from > 64) this.#fail();
      this.at += 1;
    }
  }

  #space(): void {
    while (isSpace(this.bytes[this.at])) this.at += 1;
  }

  #try(byte: number): boolean {
    this.#space();
    if (this.bytes[this.at] !== byte) return false;
    this.at += 1;
    return true;
  }

  #take(byte: number): void {
    if (!this.#try(byte)) this.#fail();
  }

  #fail(): never {
    throw new NotJson(this.at);
  }
}

/** The closing quote of a string that begins at `start`; -1 when there is none. */
function endOfString(bytes: Buffer, start: number): number {
  for (let quote = bytes.indexOf(QUOTE, start); quote >= 0; quote = bytes.indexOf(QUOTE, quote + 1)) {
    let slashes = 0;
    while (quote - slashes > start && bytes[quote - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return quote;
  }
  return -1;
}

/** What one letter behind a backslash stands for; other letters for themselves. */
const SHORT = Uint8Array.from({ length: 256 }, (_, letter) => letter);
for (const [letter, meaning] of ['n\n', 't\t', 'r\r', 'b\b', 'f\f'].map((pair) => Buffer.from(pair)))
  SHORT[letter as number] = meaning as number;
const FOUR_HEX = /^[0-9A-Fa-f]{4}$/;

/** Adds a string's text to `target`. Escapes that are none stay as they are written. */
export function writeUnescaped(bytes: Buffer, { start, end }: Span, target: MappedText): void {
  const own = bytes.subarray(0, end);
  let from = start;
  for (let slash = own.indexOf(BACKSLASH, start); slash >= 0; slash = own.indexOf(BACKSLASH, from)) {
    target.copy(bytes, from, slash);
    from = slash;
    while (from < end && bytes[from] === BACKSLASH) from = writeEscape(bytes, from, end, target);
  }
  target.copy(bytes, from, end);
}

/** Adds what the escape at `slash` stands for. Returns where it ends. */
function writeEscape(bytes: Buffer, slash: number, end: number, target: MappedText): number {
  if (slash + 1 >= end) {
    target.write('\\', slash);
    return end;
  }
  const letter = bytes[slash + 1] as number;
  if (letter !== SMALL_U) {
    target.writeByte(letter > 0x7f ? BACKSLASH : (SHORT[letter] as number), slash);
    return letter > 0x7f ? slash + 1 : slash + 2;
  }
  const unit = unitAt(bytes, slash, end);
  if (unit === undefined) {
    target.write('\\u', slash);
    return slash + 2;
  }
  const second = unit >= 0xd800 && unit < 0xdc00 ? unitAt(bytes, slash + 6, end) : undefined;
  const paired = second !== undefined && second >= 0xdc00 && second < 0xe000;
  target.write(paired ? String.fromCharCode(unit, second) : String.fromCharCode(unit), slash);
  return slash + (paired ? 12 : 6);
}

function unitAt(bytes: Buffer, slash: number, end: number): number | undefined {
  if (slash + 6 > end || bytes[slash] !== BACKSLASH || bytes[slash + 1] !== SMALL_U) return undefined;
  const digits = bytes.toString('latin1', slash + 2, slash + 6);
  return FOUR_HEX.test(digits) ? Number.parseInt(digits, 16) : undefined;
}
