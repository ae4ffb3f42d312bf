import type { Detector } from '../detector.ts';
import { bech32, isBech32 } from './checks/bech32.ts';
import { chars, sampled } from './shape.ts';
import { token } from './token.ts';

const LETTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

const check = (value: string) => {
  const ok = isBech32(value);
  return { ok, reason: ok ? 'Bech32 checksum is right' : 'Bech32 checksum is wrong' };
};

/** 32 bytes are 52 characters of Bech32, and six more are the checksum. */
const key = (prefix: string, upper: boolean) => {
  const cased = (text: string) => (upper ? text.toUpperCase() : text);
  return sampled(chars({ of: cased(LETTERS) }, 58), (make) =>
    cased(bech32(prefix, make.chars({ of: LETTERS }, 52)).slice(prefix.length + 1)),
  );
};

export const bech32Keys: readonly Detector[] = [
  token({
    id: 'age-secret-key',
    provider: 'age',
    title: 'age identity (secret key)',
    family: 'keys',
    prefix: 'AGE-SECRET-KEY-1',
    body: key('age-secret-key-', true),
    check,
    source: 'https://age-encryption.org/v1',
  }),
  token({
    id: 'nostr-secret-key',
    provider: 'Nostr',
    title: 'Nostr secret key',
    family: 'keys',
    prefix: 'nsec1',
    body: key('nsec', false),
    check,
    source: 'https://github.com/nostr-protocol/nips/blob/master/19.md',
  }),
];
