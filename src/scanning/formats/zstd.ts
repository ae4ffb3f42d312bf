import { compressed } from './compressed.ts';
import { unzstd } from './zstd-decoder.ts';

/** RFC 8878. */
export const zstd = compressed({
  kind: 'zstd',
  title: 'Zstandard',
  suffixes: { '.tzst': '.tar', '.tzstd': '.tar', '.zst': '', '.zstd': '' },
  recognises: ([a, b, c, d]) => a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd,
  decode: unzstd,
});
