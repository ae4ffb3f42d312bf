import { compressed } from './compressed.ts';
import { unlzma } from './xz-decoder.ts';

/** The format before xz. It has no signature: the usual properties, a dictionary of whole 64 KiB and a first byte of 0 are one. */
export const lzma = compressed({
  kind: 'lzma',
  title: 'lzma',
  suffixes: { '.tlz': '.tar', '.lzma': '' },
  recognises: (head) =>
    head.length >= 18 && head[0] === 0x5d && head[1] === 0 && head[2] === 0 && (head[4] ?? 0) <= 8 && head[13] === 0,
  decode: unlzma,
});
