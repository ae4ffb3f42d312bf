import { compressed } from './compressed.ts';
import { inflate } from './native-decoder.ts';

const HEADER = 2;
/** Second bytes that compressors write; `x^` may begin a text too. */
const LEVELS = [0x01, 0x5e, 0x9c, 0xda];

async function* withoutHeader(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = HEADER;
  for await (const chunk of chunks) {
    yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

/** RFC 1950, which has no signature to speak of: known by name too. joblib compresses pickles so. */
export const zlibStream = compressed({
  kind: 'zlib',
  title: 'zlib stream',
  suffixes: { '.zlib': '', '.zz': '' },
  recognises: (head) =>
    head[0] === 0x78 && LEVELS.includes(head[1] ?? 0) && head.subarray(2, 40).some((byte) => byte < 9 || byte > 126),
  decode: (chunks) => inflate(withoutHeader(chunks)),
});
