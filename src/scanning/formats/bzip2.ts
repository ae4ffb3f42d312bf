import { bunzip2 } from './bzip2-decoder.ts';
import { compressed } from './compressed.ts';

export const bzip2 = compressed({
  kind: 'bzip2',
  title: 'bzip2',
  suffixes: { '.tbz2': '.tar', '.tbz': '.tar', '.bz2': '', '.bz': '' },
  recognises: ([a, b, c, level = 0, ...rest]) =>
    a === 0x42 && b === 0x5a && c === 0x68 && level >= 0x31 && level <= 0x39 && (rest[0] === 0x31 || rest[0] === 0x17),
  decode: bunzip2,
});
