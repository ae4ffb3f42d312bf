import { compressed } from './compressed.ts';
import { unxz } from './xz-decoder.ts';

export const xz = compressed({
  kind: 'xz',
  title: 'xz',
  suffixes: { '.txz': '.tar', '.xz': '' },
  recognises: ([a, b, c, d, e, f]) => a === 0xfd && b === 0x37 && c === 0x7a && d === 0x58 && e === 0x5a && f === 0,
  decode: unxz,
});

