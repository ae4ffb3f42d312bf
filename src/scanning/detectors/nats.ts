import type { Check, Detector } from '../detector.ts';
import { anchored } from './anchored.ts';
import { decodeBase32, encodeBase32 } from './checks/base32.ts';
import type { Maker } from './maker.ts';

/** First byte of a seed, and the kind of owner spread over it and the second. */
const SEED = 18 << 3;
const USER = 20 << 3;

/** CRC-16 as in XMODEM. */
function crc16(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) sum = ((sum & 0x8000) === 0 ? sum << 1 : (sum << 1) ^ 0x1021) & 0xffff;
  }
  return sum;
}

function check(value: string): Check {
  const bytes = decodeBase32(value);
  const ok = crc16(bytes.subarray(0, -2)) === bytes.readUInt16LE(bytes.length - 2);
  return { ok, reason: ok ? 'checksum is right' : 'checksum is wrong' };
}

function seed(make: Maker): string {
  const body = Buffer.concat([Buffer.from([SEED | (USER >> 5), (USER & 31) << 3]), make.bytes(32)]);
  const tail = Buffer.alloc(2);
  tail.writeUInt16LE(crc16(body));
  return encodeBase32(Buffer.concat([body, tail]));
}

export const nats: readonly Detector[] = [
  anchored({
    id: 'nats-nkey-seed',
    provider: 'NATS',
    title: 'NATS NKEY seed',
    family: 'keys',
    anchors: ['nkey', 'seed', 'nats'],
    search: 'nearby',
    kind: 'contextual',
    pattern:
      /(?:nkey|seed|nats)[^\r\n]{0,60}?(?:[\r\n]{1,2}[^\r\n]{0,40}?)?(?<![A-Za-z0-9_+/-])(?<value>S[ACNOUX][A-Z2-7]{56})(?![A-Za-z0-9_+/=-])/i,
    reach: 170,
    check,
    source: 'https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth',
    positive: (make) =>
      [
        (key: string) => `-----BEGIN USER NKEY SEED-----\n${key}\n------END USER NKEY SEED------\n`,
        (key: string) => `NATS_NKEY=${key}\n`,
        (key: string) => `seed: "${key}"\n`,
      ].map((surround) => {
        const value = seed(make);
        return { text: surround(value), value };
      }),
    negative: (make) => [`nkey: U${make.chars('base32', 55)}`],
  }),
];
