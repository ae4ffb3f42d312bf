import type { Check, Detector } from '../detector.ts';
import { crc32Base62Tail } from './checks/crc32-base62.ts';
import { chars, sampled } from './shape.ts';
import { token } from './token.ts';

/** The checksum covers the prefix too. */
function checkTail(value: string): Check {
  const ok = crc32Base62Tail(value.slice(0, -6)) === value.slice(-6);
  return { ok, reason: ok ? 'checksum is right' : 'checksum is wrong' };
}

const ours = (id: string, title: string, prefix: string): Detector =>
  token({
    id,
    provider: 'Watchword',
    title,
    family: 'infrastructure',
    prefix,
    body: sampled(chars('base62', 46), (make) => {
      const body = make.chars('base62', 40);
      return body + crc32Base62Tail(prefix + body);
    }),
    check: checkTail,
    source: 'docs/decisions/0005-what-a-token-looks-like.md',
  });

export const watchword: readonly Detector[] = [
  ours('watchword-token', 'Watchword token', 'wws_'),
  ours('watchword-wrapping-token', 'Watchword wrapping token', 'www_'),
];
