import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Flowise',
  family: 'ml-tooling',
  source: 'https://docs.flowiseai.com/ (shape from practice, not published)',
} as const;

export const flowise: readonly Detector[] = [
  keyed({
    ...of,
    id: 'flowise-api-key',
    title: 'Flowise API key',
    keywords: ['flowise'],
    value: chars('base64url', 43),
    seen: ['FLOWISE_API_KEY={}'],
  }),
];
