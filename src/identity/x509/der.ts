/** One value in DER (X.690), taken out of the bytes that hold it. */
export interface DerValue {
  /** Class, constructed bit and number: `0x30` is a SEQUENCE, `0xa0` the context's own [0]. */
  readonly tag: number;
  readonly content: Buffer;
  /** Tag and length included. */
  readonly whole: Buffer;
}

/** What is not the one way in which DER writes a value. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

export const derTags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectId: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

const LONGEST_TAIL = 4;

/** Exactly one value. @throws DerError */
export function readDer(bytes: Uint8Array): DerValue {
  const [value, ...more] = readAll(bytes);
  if (value === undefined || more.length > 0) throw new DerError('one value was expected');
  return value;
}

/** The values within a constructed one, in order. @throws DerError for what has another tag */
export function membersOf(value: DerValue | undefined, tag: number): DerMembers {
  return new DerMembers(readAll(contentOf(value, tag)));
}

/** @throws DerError for what has another tag, or is not there */
export function contentOf(value: DerValue | undefined, tag: number): Buffer {
  if (value?.tag !== tag) throw new DerError('another type was expected');
  return value.content;
}

/** Members of a SEQUENCE or SET, taken one after the other. */
export class DerMembers {
  readonly #values: readonly DerValue[];
  #next = 0;

  constructor(values: readonly DerValue[]) {
    this.#values = values;
  }

  /** @throws DerError where none is left, or the next has another tag */
  take(tag: number): DerValue {
    const value = this.takeIf(tag);
    if (value === undefined) throw new DerError('a member is missing');
    return value;
  }

  takeIf(...tags: readonly number[]): DerValue | undefined {
    const value = this.#values[this.#next];
    if (value === undefined || !tags.includes(value.tag)) return undefined;
    this.#next += 1;
    return value;
  }

  /** Whatever is left. */
  rest(): readonly DerValue[] {
    const left = this.#values.slice(this.#next);
    this.#next = this.#values.length;
    return left;
  }

  /** @throws DerError where something is left that nobody asked for */
  end(): void {
    if (this.#next !== this.#values.length) throw new DerError('a member was not expected');
  }
}

function readAll(bytes: Uint8Array): DerValue[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values: DerValue[] = [];
  for (let at = 0; at < buffer.length; ) {
    const value = readAt(buffer, at);
    values.push(value);
    at += value.whole.length;
  }
  return values;
}

function readAt(buffer: Buffer, start: number): DerValue {
  const tag = buffer[start] ?? 0;
  // Numbers above 30 take more bytes; nothing that is read here has them.
  if ((tag & 0x1f) === 0x1f) throw new DerError('a tag is too long');
  const first = buffer[start + 1];
  if (first === undefined) throw new DerError('the length is missing');
  let begin = start + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > LONGEST_TAIL || begin + count > buffer.length) throw new DerError('a length cannot be read');
    length = buffer.readUIntBE(begin, count);
    // One way to write each length, or two readers might end a value at different places.
    if (length < 0x80 || length < 2 ** (8 * (count - 1))) throw new DerError('a length is not the shortest');
    begin += count;
  }
  const end = begin + length;
  if (end > buffer.length) throw new DerError('the value is cut short');
  return { tag, content: buffer.subarray(begin, end), whole: buffer.subarray(start, end) };
}

/** `2.5.29.17` @throws DerError */
export function readObjectId(value: DerValue | undefined): string {
  const content = contentOf(value, derTags.objectId);
  const arcs: bigint[] = [];
  let arc = 0n;
  let begins = true;
  for (const byte of content) {
    if (begins && byte === 0x80) throw new DerError('an object identifier is not the shortest');
    arc = (arc << 7n) | BigInt(byte & 0x7f);
    begins = byte < 0x80;
    if (!begins) continue;
    arcs.push(arc);
    arc = 0n;
  }
  const [first] = arcs;
  if (first === undefined || !begins) throw new DerError('an object identifier is cut short');
  const root = first < 40n ? 0n : first < 80n ? 1n : 2n;
  return [root, first - root * 40n, ...arcs.slice(1)].join('.');
}

/** @throws DerError for other bytes than 0x00 and 0xff */
export function readBoolean(value: DerValue | undefined): boolean {
  const content = contentOf(value, derTags.boolean);
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw new DerError('a truth value is neither');
  return content[0] === 0xff;
}

/** The bytes of an INTEGER as two's complement. @throws DerError for more bytes than it takes */
export function readInteger(value: DerValue | undefined, tag: number = derTags.integer): Buffer {
  const content = contentOf(value, tag);
  const [first, second = 0] = content;
  if (first === undefined) throw new DerError('a number is missing');
  const padded = content.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  if (padded) throw new DerError('a number is not the shortest');
  return content;
}

/** @throws DerError for what is negative, or greater than any use for it */
export function readSmallInteger(value: DerValue | undefined, tag: number = derTags.integer): number {
  const bytes = readInteger(value, tag);
  if ((bytes[0] ?? 0) >= 0x80 || bytes.length > LONGEST_TAIL) throw new DerError('a number is out of range');
  return bytes.readUIntBE(0, bytes.length);
}

/** A BIT STRING that holds whole bytes. @throws DerError */
export function readBytes(value: DerValue | undefined): Buffer {
  const content = contentOf(value, derTags.bitString);
  if (content[0] !== 0) throw new DerError('bits are left over');
  return content.subarray(1);
}

/** Which bits of a BIT STRING are set, the first being 0. @throws DerError */
export function readBits(value: DerValue | undefined): ReadonlySet<number> {
  const content = contentOf(value, derTags.bitString);
  const [unused] = content;
  const last = content.length > 1 ? (content.at(-1) ?? 0) : 0;
  const tidy = unused !== undefined && unused < 8 && (content.length > 1 || unused === 0) && (last & ((1 << unused) - 1)) === 0;
  if (!tidy) throw new DerError('bits are left over');
  const bits = new Set<number>();
  for (const [at, byte] of content.subarray(1).entries()) {
    for (let bit = 0; bit < 8; bit++) if ((byte & (0x80 >> bit)) !== 0) bits.add(at * 8 + bit);
  }
  return bits;
}

/** Milliseconds since the epoch, of a UTCTime or GeneralizedTime as RFC 5280 § 4.1.2.5 allows it. @throws DerError */
export function readTime(value: DerValue | undefined): number {
  const short = value?.tag === derTags.utcTime;
  const text = contentOf(value, short ? derTags.utcTime : derTags.generalizedTime).toString('latin1');
  const parts = (short ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/).exec(text);
  if (parts === null) throw new DerError('a time cannot be read');
  const [given = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  const year = short ? given + (given < 50 ? 2000 : 1900) : given;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const same = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour;
  if (!same || date.getUTCMinutes() !== minute || date.getUTCSeconds() !== second) throw new DerError('there is no such time');
  return date.getTime();
}
