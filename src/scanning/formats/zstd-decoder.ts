import { NotScannable } from '../content.ts';
import { ByteReader } from './byte-reader.ts';
import { type Decode, unzstdFrame } from './native-decoder.ts';

const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const RLE = 1;

/** RFC 8878, frames one after another: Node's decoder ends with the first. */
export const unzstd: Decode = async function* (chunks) {
  const reader = new ByteReader(chunks);
  try {
    for (let first = true; ; first = false) {
      const head = Buffer.from(await reader.peek(8));
      const magic = head.length < 4 ? 0 : head.readUInt32LE();
      if (head.length === 8 && (magic & 0xfffffff0) === SKIPPABLE) {
        await reader.skip(8 + head.readUInt32LE(4));
      } else if (magic >>> 0 === FRAME) {
        yield* unzstdFrame(frame(reader));
      } else {
        if (first) throw new NotScannable('the zstd data are damaged (header)');
        return;
      }
    }
  } finally {
    await reader.close();
  }
};

/** The bytes of one frame; the sizes of its blocks say where it ends. */
async function* frame(reader: ByteReader): AsyncGenerator<Uint8Array> {
  const descriptor = (await reader.peek(5))[4] ?? 0;
  const single = (descriptor >> 5) & 1;
  const dictionaryId = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentSize = [single, 2, 4, 8][descriptor >> 6] ?? 0;
  yield Uint8Array.from(await reader.read(5 + (1 - single) + dictionaryId + contentSize));
  for (let last = false; !last; ) {
    const header = Uint8Array.from(await reader.read(3));
    const [low = 0, middle = 0, high = 0] = header;
    const value = low | (middle << 8) | (high << 16);
    last = (value & 1) === 1 || header.length < 3;
    const size = ((value >> 1) & 3) === RLE ? 1 : value >> 3;
    yield header;
    yield Uint8Array.from(await reader.read(size));
  }
  if ((descriptor & 4) !== 0) yield Uint8Array.from(await reader.read(4));
}
