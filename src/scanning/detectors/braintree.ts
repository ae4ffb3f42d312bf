import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Braintree', family: 'payments', source: 'https://developer.paypal.com/braintree/docs/' } as const;

export const braintree: readonly Detector[] = [
  keyed({
    ...of,
    id: 'braintree-private-key',
    title: 'Braintree private key',
    keywords: ['braintree', 'bt_private'],
    value: chars('hex', 32),
  }),
];
