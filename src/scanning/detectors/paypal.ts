import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'PayPal', family: 'payments', source: 'https://developer.paypal.com/api/rest/' } as const;

export const paypal: readonly Detector[] = [
  token({
    ...of,
    id: 'paypal-braintree-access-token',
    title: 'PayPal Braintree access token',
    prefix: 'access_token$production$',
    body: seq(chars('base36', 16), '$', chars('hex', 32)),
    search: 'anywhere',
  }),
  keyed({
    ...of,
    id: 'paypal-client-secret',
    title: 'PayPal client secret',
    keywords: ['paypal'],
    value: seq('E', chars('base64url', 79)),
  }),
];
