import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Inception',
  family: 'ml-providers',
  source: 'https://docs.inceptionlabs.ai/ (shape from practice, not published)',
} as const;

export const inception: readonly Detector[] = [
  keyed({
    ...of,
    id: 'inception-api-key',
    title: 'Inception (Mercury) API key',
    keywords: ['inceptionlabs', 'inception_api'],
    value: seq('sk_', chars('hex', 32)),
    confidence: 'high',
    seen: ['INCEPTION_API_KEY={}'],
  }),
];
