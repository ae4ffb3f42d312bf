import { crc32 } from 'node:zlib';
import { toBase62 } from '../../../foundation/ids.ts';
import type { Check } from '../../detector.ts';
import { chars, type Shape, sampled } from '../shape.ts';

/** CRC-32 of a text in base 62, six digits: the end of GitHub's, npm's and our own tokens. */
export const crc32Base62Tail = (text: string): string => toBase62(crc32(text), 6);

/** `length` characters whose last six are the checksum of those before. */
export const crc32Base62 = (length: number): Shape =>
  sampled(chars('base62', length), (make) => {
    const body = make.chars('base62', length - 6);
    return body + crc32Base62Tail(body);
  });

/** Of what follows the first `_`. */
export function checkCrc32Base62(value: string): Check {
  const body = value.slice(value.indexOf('_') + 1);
  const ok = crc32Base62Tail(body.slice(0, -6)) === body.slice(-6);
  return { ok, reason: ok ? 'checksum is right' : 'checksum is wrong' };
}
