import { compressed } from './compressed.ts';
import { unxz } from './xz-decoder.ts';

export const xz = compressed({
  kind: 'xz',
  title: 'xz',
  suffixes: { '.txz': '.tar', '.xz': '' },
  recognises: (head) =>
    head[0] === 0xfd && head[1] === 0x37 && head[2] === 0x7a && head[3] === 0x58 && head[4] === 0x5a && head[5] === 0,
  decode: unxz,
});
