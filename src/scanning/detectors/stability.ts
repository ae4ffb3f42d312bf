import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Stability AI',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const stability: readonly Detector[] = [
  keyed({
    ...of,
    id: 'stability-ai-api-key',
    title: 'Stability AI API key',
    keywords: ['stability', 'dreamstudio'],
    value: seq('sk-', chars('base62', 48)),
    confidence: 'high',
    seen: ['stability_api = client.StabilityInference(key="{}")', 'STABILITY_KEY={}'],
  }),
];
