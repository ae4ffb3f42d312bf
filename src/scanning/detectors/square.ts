import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Square',
  family: 'payments',
  source: 'https://developer.squareup.com/docs/build-basics/access-tokens',
} as const;

export const square: readonly Detector[] = [
  token({
    ...of,
    id: 'square-access-token',
    title: 'Square access token',
    prefix: 'EAAA',
    body: chars('base64url', 60),
    notAfter: 'A-Za-z0-9_-',
    confidence: 'medium',
  }),
  token({
    ...of,
    id: 'square-oauth-secret',
    title: 'Square OAuth secret',
    prefix: 'sq0csp-',
    body: chars('base64url', 43),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'square-legacy-access-token',
    title: 'Square access token (legacy)',
    prefix: 'sq0atp-',
    body: chars('base64url', 22),
    notAfter: 'A-Za-z0-9_-',
  }),
];
