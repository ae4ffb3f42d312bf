import { compressed } from './compressed.ts';
import { inflateZlib } from './native-decoder.ts';

/** Second bytes that compressors write; `x^` may begin a text too. */
const LEVELS = [0x01, 0x5e, 0x9c, 0xda];

/** RFC 1950, which has no signature to speak of: known by its first two bytes and by bytes that no text has. joblib compresses so. */
export const zlibStream = compressed({
  kind: 'zlib',
  title: 'zlib stream',
  suffixes: { '.zlib': '', '.zz': '' },
  recognises: (head) =>
    head[0] === 0x78 && LEVELS.includes(head[1] ?? 0) && head.subarray(2, 40).some((byte) => byte < 9 || byte > 126),
  decode: inflateZlib,
});
