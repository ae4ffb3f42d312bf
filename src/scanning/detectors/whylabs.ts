import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, optional, seq } from './shape.ts';

const of = {
  provider: 'WhyLabs',
  family: 'ml-tooling',
  source: 'https://docs.whylabs.ai/ (shape from practice, not published)',
} as const;

export const whylabs: readonly Detector[] = [
  keyed({
    ...of,
    id: 'whylabs-api-key',
    title: 'WhyLabs API key',
    keywords: ['whylabs', 'why_api'],
    value: seq(chars('base62', 10), '.', chars('base62', 64), optional(seq(':org-', chars('base62', 4, 10)))),
    seen: ['WHYLABS_API_KEY={}'],
  }),
];
