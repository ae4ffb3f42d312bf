import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq } from './shape.ts';

const of = {
  provider: 'Clerk',
  family: 'services',
  source: 'https://clerk.com/docs/deployments/clerk-environment-variables',
} as const;

export const clerk: readonly Detector[] = [
  keyed({
    ...of,
    id: 'clerk-secret-key',
    title: 'Clerk secret key',
    // As sure as Stripe's, which looks the same without the keyword.
    kind: 'structured',
    keywords: ['clerk'],
    value: seq(either('sk_live_', 'sk_test_'), chars('base62', 42)),
    confidence: 'high',
  }),
];
