import { compressed } from './compressed.ts';
import { unzstd } from './zstd-decoder.ts';

/** RFC 8878. */
export const zstd = compressed({
  kind: 'zstd',
  title: 'Zstandard',
  suffixes: { '.tzst': '.tar', '.tzstd': '.tar', '.zst': '', '.zstd': '' },
  recognises: (head) => head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd,
  decode: unzstd,
});
