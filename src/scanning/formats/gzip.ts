import { gunzipSync } from 'node:zlib';
import { compressed } from './compressed.ts';
import { gunzip } from './native-decoder.ts';

/** RFC 1952. */
export const gzip = compressed({
  kind: 'gzip',
  title: 'gzip',
  suffixes: { '.tgz': '.tar', '.taz': '.tar', '.gz': '', '.gzip': '', '.z': '' },
  recognises: (head) => head[0] === 0x1f && head[1] === 0x8b && head[2] === 8,
  decode: gunzip,
  atOnce: (packed, most) => gunzipSync(packed, { maxOutputLength: most }),
});
