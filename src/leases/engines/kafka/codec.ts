import { TargetError } from '../engine.ts';

/** Writes the fields of one request, in its order: https://kafka.apache.org/protocol#protocol_types */
export class MessageWriter {
  readonly #parts: Buffer[] = [];

  int8(value: number): this {
    return this.#number(1, (bytes) => bytes.writeInt8(value));
  }

  int16(value: number): this {
    return this.#number(2, (bytes) => bytes.writeInt16BE(value));
  }

  int32(value: number): this {
    return this.#number(4, (bytes) => bytes.writeInt32BE(value));
  }

  /** With two bytes of length in front: what requests had before version 2 of their header. */
  oldText(text: string): this {
    this.int16(Buffer.byteLength(text));
    return this.#add(Buffer.from(text));
  }

  text(text: string | null): this {
    return this.bytes(text === null ? null : Buffer.from(text));
  }

  bytes(value: Uint8Array | null): this {
    if (value === null) return this.#varint(0);
    this.#varint(value.length + 1);
    return this.#add(Buffer.from(value));
  }

  list<Item>(items: readonly Item[] | null, write: (item: Item) => void): this {
    this.#varint(items === null ? 0 : items.length + 1);
    for (const item of items ?? []) write(item);
    return this;
  }

  /** No tagged fields: the end of every structure. */
  end(): this {
    return this.#varint(0);
  }

  /** With its length in front. What was written is zeroed here, since it may hold keys. */
  frame(): Buffer {
    const size = this.#parts.reduce((sum, { length }) => sum + length, 0);
    const head = Buffer.alloc(4);
    head.writeInt32BE(size);
    const frame = Buffer.concat([head, ...this.#parts]);
    for (const part of this.#parts) part.fill(0);
    return frame;
  }

  #number(size: number, fill: (bytes: Buffer) => void): this {
    const bytes = Buffer.alloc(size);
    fill(bytes);
    return this.#add(bytes);
  }

  #varint(value: number): this {
    const bytes: number[] = [];
    let rest = value;
    for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
    bytes.push(rest);
    return this.#add(Buffer.from(bytes));
  }

  #add(bytes: Buffer): this {
    this.#parts.push(bytes);
    return this;
  }
}

/** Reads the fields of one answer. Every method throws {@link notKafka} where the bytes end too early or make no sense. */
export class MessageReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int8(): number {
    return this.#take(1).readInt8();
  }

  int16(): number {
    return this.#take(2).readInt16BE();
  }

  int32(): number {
    return this.#take(4).readInt32BE();
  }

  int64(): bigint {
    return this.#take(8).readBigInt64BE();
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  oldTexts(): string[] {
    return this.#items(this.int32(), () => this.#take(this.int16()).toString());
  }

  text(): string {
    return this.textOrNull() ?? '';
  }

  textOrNull(): string | undefined {
    const length = this.#varint();
    return length === 0 ? undefined : this.#take(length - 1).toString();
  }

  bytes(): Buffer {
    const length = this.#varint();
    return length === 0 ? Buffer.alloc(0) : this.#take(length - 1);
  }

  list<Item>(read: () => Item): Item[] {
    const length = this.#varint();
    return length === 0 ? [] : this.#items(length - 1, read);
  }

  /** Passes over the tagged fields: whoever knows none of them loses nothing. */
  end(): void {
    for (let left = this.#varint(); left > 0; left -= 1) {
      this.#varint();
      this.#take(this.#varint());
    }
  }

  /** Every item takes a byte at least, so that no length makes it work for nothing. */
  #items<Item>(count: number, read: () => Item): Item[] {
    if (count < 0 || count > this.#bytes.length - this.#at) throw notKafka();
    return Array.from({ length: count }, read);
  }

  #varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#take(1).readUInt8();
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw notKafka();
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) throw notKafka();
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

export const notKafka = (): TargetError => new TargetError('refused', 'what answers there does not speak the protocol of Kafka');
