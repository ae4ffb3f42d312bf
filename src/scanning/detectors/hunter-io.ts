import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Hunter', family: 'services', source: 'https://hunter.io/api-documentation' } as const;

export const hunterIo: readonly Detector[] = [
  keyed({
    ...of,
    id: 'hunter-io-api-key',
    title: 'Hunter API key',
    keywords: ['hunter_api', 'hunter_io', 'hunterio'],
    value: chars('hex', 40),
  }),
];
