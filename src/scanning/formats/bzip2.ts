import { bunzip2 } from './bzip2-decoder.ts';
import { compressed } from './compressed.ts';

export const bzip2 = compressed({
  kind: 'bzip2',
  title: 'bzip2',
  suffixes: { '.tbz2': '.tar', '.tbz': '.tar', '.bz2': '', '.bz': '' },
  // Its name, a level, and the first byte of a block or of the end.
  recognises: (head) =>
    head[0] === 0x42 && head[1] === 0x5a && head[2] === 0x68 && (head[3] ?? 0) >= 0x31 && (head[4] === 0x31 || head[4] === 0x17),
  decode: bunzip2,
});
