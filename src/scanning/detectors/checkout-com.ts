import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, optional, seq } from './shape.ts';

const of = {
  provider: 'Checkout.com',
  family: 'payments',
  source: 'https://www.checkout.com/docs/developer-resources/api/manage-api-keys',
} as const;

export const checkoutCom: readonly Detector[] = [
  keyed({
    ...of,
    id: 'checkout-com-secret-key',
    title: 'Checkout.com secret key',
    keywords: ['checkout'],
    value: seq('sk_', optional('sbox_'), chars({ of: 'abcdefghijklmnopqrstuvwxyz234567' }, 26, 27)),
  }),
];
