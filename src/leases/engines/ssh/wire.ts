/** The data types of RFC 4251, section 5, as OpenSSH's keys and certificates are made of. */

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** Its length and its bytes; texts as UTF-8. */
export function lengthPrefixed(value: Uint8Array | string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** A number that is not negative, from its bytes with or without leading zeros. */
export function mpint(magnitude: Uint8Array): Buffer {
  const start = magnitude.findIndex((byte) => byte !== 0);
  const bytes = Buffer.from(start < 0 ? [] : magnitude.subarray(start));
  const positive = (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.alloc(1), bytes]);
  return lengthPrefixed(positive);
}

/** Thrown for bytes that are not what they should be. It holds none of them. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** Takes one value after the other. What it gives are views of the same memory. @throws WireError */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** What nobody has taken yet. */
  get rest(): Buffer {
    return this.#bytes.subarray(this.#at);
  }

  take(length: number): Buffer {
    if (this.rest.length < length) throw new WireError('it is cut off');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  string(): Buffer {
    return this.take(this.uint32());
  }

  text(): string {
    return this.string().toString('latin1');
  }

  /** The bytes of a number that is not negative, without leading zeros. */
  mpint(): Buffer {
    const bytes = this.string();
    const [first, second] = bytes;
    if (first === undefined) return bytes;
    if (first >= 0x80) throw new WireError('a number is negative');
    if (first === 0 && (second ?? 0) < 0x80) throw new WireError('a number is longer than it needs to be');
    return first === 0 ? bytes.subarray(1) : bytes;
  }

  end(): void {
    if (this.rest.length > 0) throw new WireError('something follows its end');
  }
}
