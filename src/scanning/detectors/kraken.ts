import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'Kraken', family: 'payments', source: 'https://docs.kraken.com/api/' } as const;

export const kraken: readonly Detector[] = [
  keyed({
    ...of,
    id: 'kraken-private-key',
    title: 'Kraken API private key',
    keywords: ['kraken'],
    value: seq(chars('base64', 86), '=='),
  }),
];
