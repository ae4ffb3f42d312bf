import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'Lemon Squeezy', family: 'payments', source: 'https://docs.lemonsqueezy.com/api' } as const;

export const lemonSqueezy: readonly Detector[] = [
  keyed({
    ...of,
    id: 'lemon-squeezy-api-key',
    title: 'Lemon Squeezy API key',
    keywords: ['lemonsqueezy', 'lemon_squeezy'],
    value: seq('eyJ', chars('base64url', 20, 200), '.', chars('base64url', 40, 500), '.', chars('base64url', 600, 700)),
  }),
];
