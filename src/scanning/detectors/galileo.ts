import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Galileo',
  family: 'ml-tooling',
  source: 'https://docs.galileo.ai/ (shape from practice, not published)',
} as const;

export const galileo: readonly Detector[] = [
  keyed({
    ...of,
    id: 'galileo-api-key',
    title: 'Galileo API key',
    keywords: ['galileo'],
    value: chars('base64url', 43),
    seen: ['GALILEO_API_KEY={}'],
  }),
];
