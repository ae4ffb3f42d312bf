import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = {
  provider: 'Lightning AI',
  family: 'ml-tooling',
  source: 'https://lightning.ai/docs (shape from practice, not published)',
} as const;

export const lightningAi: readonly Detector[] = [
  keyed({
    ...of,
    id: 'lightning-ai-api-key',
    title: 'Lightning AI API key',
    keywords: ['lightning_api', 'lightning_ai', 'lightning_key'],
    value: uuid,
    seen: ['LIGHTNING_API_KEY={}'],
    unseen: ['LIGHTNING_USER_ID={}'],
  }),
];
