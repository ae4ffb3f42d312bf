import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Storj', family: 'clouds', source: 'https://storj.dev/dcs/access' } as const;

export const storj: readonly Detector[] = [
  keyed({
    ...of,
    id: 'storj-access-grant',
    title: 'Storj access grant',
    keywords: ['storj', 'uplink_access'],
    value: chars('base62', 150, 400),
  }),
];
