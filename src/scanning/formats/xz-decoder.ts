import { NotScannable } from '../content.ts';
import { ByteReader } from './byte-reader.ts';
import { LzmaDecoder } from './lzma-decoder.ts';
import type { Decode } from './native-decoder.ts';

const LZMA2 = 0x21;
const DELTA = 0x03;
const PIECE = 1024 * 1024;
const MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
/** Bytes of the check after each block, by its id. */
const CHECKS = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

const damaged = (what: string): NotScannable => new NotScannable(`the xz data are damaged (${what})`);

/**
 * The .xz format, streams one after another. Checks are not looked at, and filters for machine code are not undone: they leave
 * text as it is.
 */
export const unxz: Decode = async function* (chunks) {
  const reader = new ByteReader(chunks);
  try {
    for (let first = true; ; first = false) {
      while ((await reader.peek(4)).length === 4 && Buffer.from(await reader.peek(4)).readUInt32LE() === 0) await reader.skip(4);
      const header = await reader.read(12);
      if (header.length === 0 && !first) return;
      if (!MAGIC.equals(header.subarray(0, 6))) {
        if (first) throw damaged('header');
        return;
      }
      yield* blocks(reader, CHECKS[(header[7] ?? 0) & 15] ?? 0);
    }
  } finally {
    await reader.close();
  }
};

async function* blocks(reader: ByteReader, check: number): AsyncGenerator<Uint8Array> {
  for (;;) {
    const size = (await exactly(reader, 1))[0] ?? 0;
    if (size === 0) {
      await skipIndex(reader);
      return;
    }
    const dictionary = dictionaryOf(await exactly(reader, size * 4 + 3));
    const start = reader.offset;
    yield* unlzma2(reader, dictionary);
    await reader.skip((4 - ((reader.offset - start) % 4)) % 4);
    await reader.skip(check);
  }
}

/** Size of the dictionary, from the rest of a block header. */
function dictionaryOf(header: Uint8Array): number {
  const flags = header[0] ?? 0;
  let at = 1;
  const number = (): number => {
    let value = 0;
    for (let place = 0; place < 9; place += 1, at += 1) {
      const byte = header[at] ?? 0;
      value += (byte & 0x7f) * 2 ** (7 * place);
      if (byte < 0x80) break;
    }
    at += 1;
    return value;
  };
  if ((flags & 0x40) !== 0) number();
  if ((flags & 0x80) !== 0) number();
  for (let filter = 0; filter <= (flags & 3); filter += 1) {
    const id = number();
    const length = number();
    const bits = (header[at] ?? 0) & 63;
    at += length;
    if (id === DELTA) throw new NotScannable('the xz data are filtered by differences, which is not read');
    if (id === LZMA2) return bits >= 40 ? 2 ** 32 - 1 : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
  }
  throw damaged('filters');
}

async function* unlzma2(reader: ByteReader, dictionary: number): AsyncGenerator<Uint8Array> {
  const decoder = new LzmaDecoder(dictionary);
  for (;;) {
    const control = (await exactly(reader, 1))[0] ?? 0;
    if (control === 0) return;
    if (control < 0x80) {
      if (control > 2) throw damaged('chunk');
      if (control === 1) decoder.resetDictionary();
      const bytes = Uint8Array.from(await exactly(reader, 1 + (await bigEndian(reader))));
      decoder.store(bytes);
      yield bytes;
      continue;
    }
    const unpacked = 1 + ((control & 0x1f) << 16) + (await bigEndian(reader));
    const packed = 1 + (await bigEndian(reader));
    if (control >= 0xe0) decoder.resetDictionary();
    if (control >= 0xc0) decoder.setProperties((await exactly(reader, 1))[0] ?? 0);
    if (control >= 0xa0) decoder.resetState();
    const input = await reader.read(packed);
    decoder.begin(input);
    const { bytes, fault } = decoder.decode(unpacked);
    yield bytes;
    if (fault !== undefined) throw fault;
  }
}

/** The list of blocks and the footer: nothing to learn there. */
async function skipIndex(reader: ByteReader): Promise<void> {
  const start = reader.offset - 1;
  const count = await number(reader);
  for (let record = 0; record < count; record += 1) {
    await number(reader);
    await number(reader);
  }
  await reader.skip((4 - ((reader.offset - start) % 4)) % 4);
  await exactly(reader, 4 + 12);
}

async function number(reader: ByteReader): Promise<number> {
  let value = 0;
  for (let place = 0; place < 9; place += 1) {
    const byte = (await exactly(reader, 1))[0] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * place);
    if (byte < 0x80) return value;
  }
  throw damaged('number');
}

async function bigEndian(reader: ByteReader): Promise<number> {
  const [high = 0, low = 0] = await exactly(reader, 2);
  return (high << 8) | low;
}

async function exactly(reader: ByteReader, length: number): Promise<Uint8Array> {
  const bytes = await reader.read(length);
  if (bytes.length < length) throw new NotScannable('the xz data end too early');
  return bytes;
}

/** The .lzma format: one stream of LZMA behind a header of 13 bytes. It is read in one piece. */
export const unlzma: Decode = async function* (chunks) {
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(chunk);
  const input = Buffer.concat(pieces);
  if (input.length < 18) throw new NotScannable('the LZMA data end too early');
  const size = input.readBigUInt64LE(5);
  yield* lzmaStream(input.subarray(13), input[0] ?? 0, input.readUInt32LE(1), size >= 2n ** 53n ? undefined : Number(size));
};

/** LZMA of which the properties, the dictionary and perhaps the size are known. */
export function* lzmaStream(
  input: Uint8Array,
  properties: number,
  dictionary: number,
  size: number | undefined,
): Generator<Uint8Array> {
  const decoder = new LzmaDecoder(dictionary);
  decoder.setProperties(properties);
  decoder.resetState();
  decoder.begin(input);
  for (let left = size ?? Number.POSITIVE_INFINITY; left > 0; ) {
    const wanted = Math.min(left, PIECE);
    const { bytes, fault } = decoder.decode(wanted);
    yield bytes;
    if (fault !== undefined) throw fault;
    if (bytes.length < wanted) return;
    left -= bytes.length;
  }
}
