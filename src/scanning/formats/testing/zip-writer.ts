import { crc32, deflateRawSync, zstdCompressSync } from 'node:zlib';

export interface ZipMemberToWrite {
  readonly name: string | Buffer;
  readonly bytes: Uint8Array | string;
  /** 8, deflate, unless said. */
  readonly method?: 0 | 8 | 93;
  readonly encrypted?: boolean;
  /** The sizes stand behind the member only, as a writer to a pipe does it. */
  readonly streamed?: boolean;
}

const pack: Readonly<Record<number, (bytes: Uint8Array) => Uint8Array>> = {
  0: (bytes) => bytes,
  8: (bytes) => deflateRawSync(bytes),
  93: (bytes) => zstdCompressSync(bytes),
};

/** `before` stands in front of the archive and is not counted in its offsets; `zip64` puts the sizes where large ones stand. */
export function zipOf(members: readonly ZipMemberToWrite[], { before = '', zip64 = false } = {}): Buffer {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes, method = 8, encrypted = false, streamed = false } of members) {
    const plain = Buffer.from(bytes);
    const packed = Buffer.from(pack[method]?.(plain) ?? plain);
    const nameBytes = Buffer.from(name);
    const sizes = [crc32(plain), packed.length, plain.length] as const;
    const fields = (own: readonly number[]): Buffer => {
      const head = Buffer.alloc(26);
      head.writeUInt16LE(20, 0);
      head.writeUInt16LE((encrypted ? 1 : 0) | (streamed ? 8 : 0), 2);
      head.writeUInt16LE(method, 4);
      for (const [at, value] of own.entries()) head.writeUInt32LE(value, 10 + at * 4);
      head.writeUInt16LE(nameBytes.length, 22);
      return head;
    };
    const descriptor = streamed ? numbers(0x08074b50, ...sizes) : Buffer.alloc(0);
    const member = Buffer.concat([numbers(0x04034b50), fields(streamed ? [0, 0, 0] : sizes), nameBytes, packed, descriptor]);
    const large = zip64 ? Buffer.concat([shorts(1, 24), longs(plain.length, packed.length, offset)]) : Buffer.alloc(0);
    const head = fields(zip64 ? [sizes[0], 0xffffffff, 0xffffffff] : sizes);
    head.writeUInt16LE(large.length, 24);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(zip64 ? 0xffffffff : offset, 10);
    directory.push(numbers(0x02014b50), shorts(20), head, rest, nameBytes, large);
    local.push(member);
    offset += member.length;
  }
  const list = Buffer.concat(directory);
  const end64 = zip64 ? end64Of(members.length, list.length, offset) : Buffer.alloc(0);
  const count = zip64 ? 0xffff : members.length;
  const end = zip64 ? numbers(0xffffffff, 0xffffffff) : numbers(list.length, offset);
  return Buffer.concat([
    Buffer.from(before),
    ...local,
    list,
    end64,
    numbers(0x06054b50),
    shorts(0, 0, count, count),
    end,
    shorts(0),
  ]);
}

function end64Of(count: number, size: number, offset: number): Buffer {
  const record = Buffer.concat([
    numbers(0x06064b50),
    longs(44),
    shorts(45, 45),
    numbers(0, 0),
    longs(count, count, size, offset),
  ]);
  return Buffer.concat([record, numbers(0x07064b50, 0), longs(offset + size), numbers(1)]);
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeUInt32LE(value, at * 4);
  return bytes;
}

function shorts(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [at, value] of values.entries()) bytes.writeUInt16LE(value, at * 2);
  return bytes;
}

function longs(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  for (const [at, value] of values.entries()) bytes.writeBigUInt64LE(BigInt(value), at * 8);
  return bytes;
}
