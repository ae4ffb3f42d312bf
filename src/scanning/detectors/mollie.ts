import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'Mollie', family: 'payments', source: 'https://docs.mollie.com/reference/authentication' } as const;

export const mollie: readonly Detector[] = [
  keyed({
    ...of,
    id: 'mollie-api-key',
    title: 'Mollie API key',
    keywords: ['mollie'],
    value: seq('live_', chars('base62', 30, 34)),
  }),
];
