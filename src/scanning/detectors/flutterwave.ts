import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Flutterwave',
  family: 'payments',
  source: 'https://developer.flutterwave.com/docs/authentication',
} as const;

export const flutterwave: readonly Detector[] = [
  token({
    ...of,
    id: 'flutterwave-secret-key',
    title: 'Flutterwave secret key',
    prefix: 'FLWSECK-',
    body: seq(chars('anyHex', 32), '-X'),
  }),
  token({
    ...of,
    id: 'flutterwave-test-secret-key',
    title: 'Flutterwave test secret key',
    prefix: 'FLWSECK_TEST-',
    body: seq(chars('anyHex', 32), '-X'),
    confidence: 'medium',
  }),
];
