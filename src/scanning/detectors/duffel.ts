import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Duffel', family: 'services', source: 'https://duffel.com/docs/api/overview/authentication' } as const;

export const duffel: readonly Detector[] = [
  token({
    ...of,
    id: 'duffel-access-token',
    title: 'Duffel access token',
    prefix: 'duffel_live_',
    body: chars('base64url', 43),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'duffel-test-access-token',
    title: 'Duffel test access token',
    prefix: 'duffel_test_',
    body: chars('base64url', 43),
    notAfter: 'A-Za-z0-9_-',
    confidence: 'medium',
  }),
];
