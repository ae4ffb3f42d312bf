import type { Detector } from '../detector.ts';
import { chars, either, optional, repeated, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Helicone',
  family: 'ml-tooling',
  source: 'https://docs.helicone.ai/ (shape from practice, not published)',
} as const;

export const helicone: readonly Detector[] = [
  token({
    ...of,
    id: 'helicone-api-key',
    title: 'Helicone API key',
    prefix: 'sk-helicone-',
    body: seq(optional(either('eu-', 'cp-')), repeated(seq(chars('base36', 7), '-'), 3, 4), chars('base36', 7)),
    notAfter: 'A-Za-z0-9_-',
    seen: ['"Helicone-Auth": "Bearer {}"'],
  }),
];
