import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Split', family: 'services', source: 'https://help.split.io/' } as const;

export const splitio: readonly Detector[] = [
  keyed({
    ...of,
    id: 'splitio-api-key',
    title: 'Split API key',
    keywords: ['split_api', 'split_io', 'splitio'],
    value: chars('base36', 40, 60),
  }),
];
