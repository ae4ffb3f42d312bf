import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq } from './shape.ts';

const of = {
  provider: 'Braintrust',
  family: 'ml-tooling',
  source: 'https://www.braintrust.dev/docs/ (shape from practice, not published)',
} as const;

export const braintrust: readonly Detector[] = [
  keyed({
    ...of,
    id: 'braintrust-api-key',
    title: 'Braintrust API key',
    keywords: ['braintrust'],
    value: seq(either('sk-', 'bt-st-'), chars('base62', 48)),
    confidence: 'high',
    seen: ['BRAINTRUST_API_KEY={}'],
  }),
];
