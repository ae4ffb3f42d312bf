import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, optional, seq } from './shape.ts';

const of = {
  provider: 'Nebius',
  family: 'ml-providers',
  source: 'https://docs.nebius.com/studio/ (shape from practice, not published)',
} as const;

export const nebius: readonly Detector[] = [
  keyed({
    ...of,
    id: 'nebius-api-key',
    title: 'Nebius AI Studio key',
    keywords: ['nebius'],
    value: seq('v1.', chars('base64url', 60, 400), optional(seq('.', chars('base64url', 40, 200)))),
    seen: ['NEBIUS_API_KEY={}'],
  }),
];
