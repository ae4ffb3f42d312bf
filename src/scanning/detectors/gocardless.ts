import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq } from './shape.ts';

const of = { provider: 'GoCardless', family: 'payments', source: 'https://developer.gocardless.com/api-reference' } as const;

export const gocardless: readonly Detector[] = [
  keyed({
    ...of,
    id: 'gocardless-access-token',
    title: 'GoCardless access token',
    keywords: ['gocardless'],
    value: seq(either('live_', 'sandbox_'), chars('base64url', 40)),
  }),
];
