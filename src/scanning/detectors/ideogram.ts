import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Ideogram',
  family: 'ml-providers',
  source: 'https://developer.ideogram.ai/ (shape from practice, not published)',
} as const;

export const ideogram: readonly Detector[] = [
  keyed({
    ...of,
    id: 'ideogram-api-key',
    title: 'Ideogram API key',
    keywords: ['ideogram'],
    value: chars('base64url', 86),
    seen: ['curl https://api.ideogram.ai/generate -H "Api-Key: {}"'],
  }),
];
