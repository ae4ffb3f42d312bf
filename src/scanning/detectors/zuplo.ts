import { crc32 } from 'node:zlib';
import type { Check, Detector } from '../detector.ts';
import { chars, sampled, seq } from './shape.ts';
import { token } from './token.ts';

const tailOf = (text: string): string => crc32(text).toString(16).padStart(8, '0');

function checkTail(value: string): Check {
  const ok = tailOf(value.slice(0, -9)) === value.slice(-8);
  return { ok, reason: ok ? 'checksum is right' : 'checksum is wrong' };
}

export const zuplo: readonly Detector[] = [
  token({
    id: 'zuplo-consumer-key',
    provider: 'Zuplo',
    title: 'Zuplo consumer API key',
    family: 'services',
    prefix: 'zpka_',
    body: sampled(seq(chars('base36', 32), '_', chars('hex', 8)), (make) => {
      const secret = make.chars('base36', 32);
      return `${secret}_${tailOf(`zpka_${secret}`)}`;
    }),
    check: checkTail,
    source: 'https://zuplo.com/docs/articles/api-key-leak-detection',
  }),
];
