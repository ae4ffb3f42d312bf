import type { Detector } from '../detector.ts';
import { anchored } from './anchored.ts';
import type { Maker } from './maker.ts';

const COMMENT = 'untrusted comment: ';

/** Algorithm, derivation, checksum's kind, then salt, limits and the locked or open key: 158 bytes. */
function sample(make: Maker, algorithms: string): string {
  return Buffer.concat([Buffer.from(algorithms, 'latin1'), make.bytes(158 - algorithms.length)]).toString('base64');
}

export const minisign: readonly Detector[] = [
  anchored({
    id: 'minisign-secret-key',
    provider: 'minisign',
    title: 'minisign or rsign secret key',
    family: 'keys',
    search: 'prefix',
    anchors: ['rwqaaeiy', 'rwrty0iy'],
    pattern: /(?<![A-Za-z0-9_+/])(?<value>RW(?:QAAEIy|RTY0Iy)[A-Za-z0-9+/]{200,206}={0,2})(?![A-Za-z0-9+/=])/,
    reach: 220,
    source: 'https://jedisct1.github.io/minisign/',
    positive: (make) => {
      const open = sample(make, 'Ed\0\0B2');
      const locked = sample(make, 'EdScB2');
      return [
        { text: `${COMMENT}minisign secret key\n${open}\n`, value: open },
        { text: `${COMMENT}minisign encrypted secret key\n${locked}\n`, value: locked },
      ];
    },
    negative: (make) => [
      `${COMMENT}minisign public key\n${Buffer.concat([Buffer.from('Ed'), make.bytes(40)]).toString('base64')}\n`,
    ],
  }),
];
