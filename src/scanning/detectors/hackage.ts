import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Hackage', family: 'registries', source: 'https://hackage.haskell.org/' } as const;

export const hackage: readonly Detector[] = [
  keyed({
    ...of,
    id: 'hackage-auth-token',
    title: 'Hackage authentication token',
    keywords: ['hackage'],
    value: chars('base62', 60, 70),
  }),
];
