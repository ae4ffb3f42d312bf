import { NotScannable } from '../content.ts';
import { BitReader } from './bit-reader.ts';
import { ByteReader } from './byte-reader.ts';
import { readBlock } from './bzip2-block.ts';
import type { Decode } from './native-decoder.ts';

const BLOCK = 0x314159;
const BLOCK_REST = 0x265359;
const END = 0x177245;
const PIECE = 1024 * 1024;

/** The bzip2 format, streams one after another. Checksums are not looked at: what is damaged is scanned all the same. */
export const bunzip2: Decode = async function* (chunks) {
  const source = new ByteReader(chunks);
  const reader = new BitReader(source);
  try {
    for (let first = true; ; first = false) {
      // Every stream is looked for anew: what follows the last one is nobody's business.
      await reader.ensure(4);
      if (reader.atEnd) return;
      const level = streamLevel(reader);
      if (level === undefined) {
        if (first) throw new NotScannable('the bzip2 data are damaged (header)');
        return;
      }
      yield* blocks(reader, level * 100_000);
    }
  } finally {
    await source.close();
  }
};

function streamLevel(reader: BitReader): number | undefined {
  const magic = reader.bits(8) === 0x42 && reader.bits(8) === 0x5a && reader.bits(8) === 0x68;
  const level = magic ? reader.bits(8) - 0x30 : 0;
  return level >= 1 && level <= 9 ? level : undefined;
}

async function* blocks(reader: BitReader, size: number): AsyncGenerator<Uint8Array> {
  for (;;) {
    // A block is at most its size and its tables; one that does not compress grows by less than a quarter.
    await reader.ensure(size + (size >> 2) + 65536);
    const magic = reader.bits(24);
    const rest = reader.bits(24);
    reader.bits(16);
    reader.bits(16);
    if (magic === END) {
      reader.alignToByte();
      return;
    }
    if (magic !== BLOCK || rest !== BLOCK_REST) throw new NotScannable('the bzip2 data are damaged (block)');
    yield* withRuns(readBlock(reader, size));
  }
}

/** After four equal bytes a count says how many more there are. */
function* withRuns(block: Uint8Array): Generator<Uint8Array> {
  let out = new Uint8Array(PIECE);
  let length = 0;
  let same = 0;
  let last = -1;
  for (const byte of block) {
    if (length + 255 > PIECE) {
      yield out.subarray(0, length);
      out = new Uint8Array(PIECE);
      length = 0;
    }
    if (same === 4) {
      out.fill(last, length, length + byte);
      length += byte;
      same = 0;
      last = -1;
      continue;
    }
    same = byte === last ? same + 1 : 1;
    last = byte;
    out[length] = byte;
    length += 1;
  }
  yield out.subarray(0, length);
}
