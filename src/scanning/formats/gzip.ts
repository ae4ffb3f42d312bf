import { compressed } from './compressed.ts';
import { gunzip } from './native-decoder.ts';

/** RFC 1952. */
export const gzip = compressed({
  kind: 'gzip',
  title: 'gzip',
  suffixes: { '.tgz': '.tar', '.taz': '.tar', '.gz': '', '.gzip': '', '.z': '' },
  recognises: ([a, b, c]) => a === 0x1f && b === 0x8b && c === 8,
  decode: gunzip,
});
