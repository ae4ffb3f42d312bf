import type { Detector } from '../detector.ts';
import { checkCrc32Base62, crc32Base62 } from './checks/crc32-base62.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'npm', family: 'registries', source: 'https://docs.npmjs.com/about-access-tokens' } as const;

export const npm: readonly Detector[] = [
  token({
    ...of,
    id: 'npm-access-token',
    title: 'npm access token',
    prefix: 'npm_',
    body: crc32Base62(36),
    check: checkCrc32Base62,
  }),
  keyed({
    ...of,
    id: 'npm-legacy-token',
    title: 'npm access token (legacy)',
    keywords: ['npm', 'npm_auth', '_authtoken'],
    value: uuid,
  }),
];
