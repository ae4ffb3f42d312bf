import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Marqo',
  family: 'ml-tooling',
  source: 'https://docs.marqo.ai/ (shape from practice, not published)',
} as const;

export const marqo: readonly Detector[] = [
  keyed({
    ...of,
    id: 'marqo-api-key',
    title: 'Marqo Cloud API key',
    keywords: ['marqo'],
    value: chars('base62', 40, 56),
    seen: ['mq = marqo.Client(url="https://api.marqo.ai", api_key="{}")'],
  }),
];
