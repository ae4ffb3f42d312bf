import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Hume AI',
  family: 'ml-providers',
  source: 'https://dev.hume.ai/ (shape from practice, not published)',
} as const;

export const hume: readonly Detector[] = [
  keyed({
    ...of,
    id: 'hume-api-key',
    title: 'Hume AI API key',
    keywords: ['hume'],
    value: chars('base62', 48, 64),
    seen: ['client = HumeClient(api_key="{}")', 'HUME_SECRET_KEY={}'],
  }),
];
