import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, optional, seq } from './shape.ts';

const of = { provider: 'Upstash', family: 'databases', source: 'https://upstash.com/docs/redis/features/restapi' } as const;

export const upstash: readonly Detector[] = [
  keyed({
    ...of,
    id: 'upstash-rest-token',
    title: 'Upstash REST token',
    keywords: ['upstash'],
    value: either(seq('A', chars('base64url', 40, 70), optional('==')), chars('base62', 50, 64)),
  }),
];
