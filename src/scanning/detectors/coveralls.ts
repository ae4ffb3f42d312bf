import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Coveralls', family: 'continuous-integration', source: 'https://docs.coveralls.io/' } as const;

export const coveralls: readonly Detector[] = [
  keyed({
    ...of,
    id: 'coveralls-repo-token',
    title: 'Coveralls repository token',
    keywords: ['coveralls'],
    value: chars('base62', 32, 37),
  }),
];
