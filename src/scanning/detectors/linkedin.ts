import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'LinkedIn',
  family: 'services',
  source: 'https://learn.microsoft.com/en-us/linkedin/shared/authentication/',
} as const;

export const linkedin: readonly Detector[] = [
  token({
    ...of,
    id: 'linkedin-client-secret',
    title: 'LinkedIn client secret',
    prefix: 'WPL_AP1.',
    body: seq(chars('base62', 16), '.', chars('base64', 6), '=='),
    notAfter: 'A-Za-z0-9+/',
  }),
  keyed({
    ...of,
    id: 'linkedin-legacy-client-secret',
    title: 'LinkedIn client secret (legacy)',
    keywords: ['linkedin'],
    value: chars('base62', 16),
  }),
];
