import type { Detector } from '../detector.ts';
import { chars, optional, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Adyen',
  family: 'payments',
  source: 'https://docs.adyen.com/development-resources/api-credentials/',
} as const;

export const adyen: readonly Detector[] = [
  token({
    ...of,
    id: 'adyen-api-key',
    title: 'Adyen API key',
    prefix: 'AQE',
    body: seq(
      chars('base64', 80, 260),
      optional('=='),
      '-',
      chars('base64', 20, 60),
      optional('='),
      '-',
      chars('base62', 10, 24),
    ),
    notAfter: 'A-Za-z0-9+/',
    confidence: 'medium',
  }),
];
