import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Vonage', family: 'messaging', source: 'https://developer.vonage.com/' } as const;

export const vonage: readonly Detector[] = [
  keyed({
    ...of,
    id: 'vonage-api-secret',
    title: 'Vonage API secret',
    keywords: ['vonage', 'nexmo'],
    value: chars('base62', 16),
  }),
];
