/** Small files of the formats in which models are kept, written as their own libraries write them. */

export type Pickled = string | number | null | readonly Pickled[] | { readonly [key: string]: Pickled } | Uint8Array;

const byte = (...values: number[]): Buffer => Buffer.from(values);
const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function pickledText(text: string, protocol: number): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (protocol < 1) return ascii(`V${text}\np0\n`);
  if (protocol < 4) return Buffer.concat([ascii('X'), uint32(bytes.length), bytes, ascii('q'), byte(0)]);
  const length = bytes.length < 256 ? [byte(0x8c, bytes.length)] : [byte(0x8d), uint64(bytes.length)];
  return Buffer.concat([...length, bytes, byte(0x94)]);
}

function opcodes(value: Pickled, protocol: number): Buffer {
  if (value === null) return ascii('N');
  if (typeof value === 'string') return pickledText(value, protocol);
  if (typeof value === 'number') return protocol < 1 ? ascii(`I${value}\n`) : byte(0x4b, value);
  if (value instanceof Uint8Array) return Buffer.concat([ascii('B'), uint32(value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([ascii(']('), ...value.map((item) => opcodes(item, protocol)), ascii('e')]);
  const entries = Object.entries(value).flatMap(([key, item]) => [opcodes(key, protocol), opcodes(item, protocol)]);
  return Buffer.concat([ascii('}('), ...entries, ascii('u')]);
}

export function pickled(value: Pickled, protocol = 4): Buffer {
  const body = Buffer.concat([opcodes(value, protocol), ascii('.')]);
  const frame = protocol < 4 ? [] : [byte(0x95), uint64(body.length)];
  return Buffer.concat([protocol < 2 ? byte() : byte(0x80, protocol), ...frame, body]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return byte(...bytes, rest);
}

export type Message = readonly (readonly [field: number, value: string | number | Uint8Array | Message])[];

/** A protobuf message. */
export function message(fields: Message): Buffer {
  return Buffer.concat(
    fields.map(([field, value]) => {
      if (typeof value === 'number') return Buffer.concat([varint(field * 8), varint(value)]);
      const bytes = typeof value === 'string' ? Buffer.from(value) : value instanceof Uint8Array ? value : message(value);
      return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
    }),
  );
}

/** A TFRecord; its checksums are not looked at. */
export const tfRecord = (data: Uint8Array): Buffer => Buffer.concat([uint64(data.length), uint32(0), data, uint32(0)]);

/** A `.wandb` file: records of LevelDB's log format, split over blocks of 32 KiB. */
export function wandbFile(records: readonly Uint8Array[]): Buffer {
  const parts: Uint8Array[] = [ascii(':W&B'), byte(0xe1, 0xbe, 0)];
  let at = 7;
  for (const record of records) {
    for (let from = 0; from === 0 || from < record.length; ) {
      const room = 32_768 - (at % 32_768);
      if (room < 7) {
        parts.push(Buffer.alloc(room));
        at += room;
        continue;
      }
      const length = Math.min(room - 7, record.length - from);
      const isLast = from + length === record.length;
      const type = from === 0 ? (isLast ? 1 : 2) : isLast ? 4 : 3;
      parts.push(uint32(0), byte(length & 255, length >> 8, type), record.subarray(from, from + length));
      at += 7 + length;
      from += Math.max(1, length);
    }
  }
  return Buffer.concat(parts);
}

const ggufText = (text: string): Buffer => Buffer.concat([uint64(Buffer.byteLength(text)), Buffer.from(text)]);

/** Version 3. Numbers become arrays of 32-bit integers. */
export function ggufFile(metadata: Readonly<Record<string, string | readonly string[] | readonly number[]>>): Buffer {
  const pairs = Object.entries(metadata).map(([key, value]) => {
    if (typeof value === 'string') return Buffer.concat([ggufText(key), uint32(8), ggufText(value)]);
    const items = value.map((item) => (typeof item === 'string' ? ggufText(item) : uint32(item)));
    const type = typeof value[0] === 'string' ? 8 : 5;
    return Buffer.concat([ggufText(key), uint32(9), uint32(type), uint64(value.length), ...items]);
  });
  return Buffer.concat([ascii('GGUF'), uint32(3), uint64(0), uint64(pairs.length), ...pairs]);
}

/** Version 1 of NumPy's format. */
export function npyFile(type: string, count: number, data: Uint8Array): Buffer {
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': (${count},), }`.padEnd(117, ' ');
  return Buffer.concat([byte(0x93), ascii('NUMPY'), byte(1, 0, 118, 0), ascii(`${header}\n`), data]);
}

export function safetensorsFile(header: object, data: Uint8Array): Buffer {
  const text = Buffer.from(JSON.stringify(header));
  return Buffer.concat([uint64(text.length), text, data]);
}
