import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'V7',
  family: 'ml-tooling',
  source: 'https://docs.v7labs.com/ (shape from practice, not published)',
} as const;

export const v7: readonly Detector[] = [
  keyed({
    ...of,
    id: 'v7-api-key',
    title: 'V7 Darwin API key',
    keywords: ['darwin', 'v7labs', 'v7_api', 'v7_key'],
    value: seq(chars('base62', 7), '.', chars('base64url', 32)),
    seen: ['darwin authenticate --api_key {}', 'V7_API_KEY={}'],
  }),
];
