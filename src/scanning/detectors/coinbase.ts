import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq } from './shape.ts';

const of = { provider: 'Coinbase', family: 'payments', source: 'https://docs.cdp.coinbase.com/' } as const;

export const coinbase: readonly Detector[] = [
  keyed({
    ...of,
    id: 'coinbase-api-secret',
    title: 'Coinbase API secret',
    keywords: ['coinbase'],
    value: either(seq(chars('base64', 86), '=='), chars('base62', 32)),
  }),
];
