import type { Detector } from '../detector.ts';
import { chars, optional, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Stripe', family: 'payments', source: 'https://docs.stripe.com/keys' } as const;

export const stripe: readonly Detector[] = [
  token({ ...of, id: 'stripe-secret-key', title: 'Stripe secret key', prefix: 'sk_live_', body: chars('base62', 24, 99) }),
  token({
    ...of,
    id: 'stripe-test-secret-key',
    title: 'Stripe test secret key',
    prefix: 'sk_test_',
    body: chars('base62', 24, 99),
    confidence: 'medium',
  }),
  token({
    ...of,
    id: 'stripe-restricted-key',
    title: 'Stripe restricted key',
    prefix: 'rk_live_',
    body: chars('base62', 24, 99),
  }),
  token({
    ...of,
    id: 'stripe-test-restricted-key',
    title: 'Stripe test restricted key',
    prefix: 'rk_test_',
    body: chars('base62', 24, 99),
    confidence: 'medium',
  }),
  token({
    ...of,
    id: 'stripe-webhook-secret',
    title: 'Stripe webhook signing secret',
    prefix: 'whsec_',
    body: seq(chars('base64', 32, 64), optional('=')),
    notAfter: 'A-Za-z0-9+/',
  }),
];
