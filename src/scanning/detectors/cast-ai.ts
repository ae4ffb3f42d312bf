import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'CAST AI', family: 'infrastructure', source: 'https://docs.cast.ai/docs/authentication' } as const;

export const castAi: readonly Detector[] = [
  keyed({ ...of, id: 'cast-ai-api-key', title: 'CAST AI API key', keywords: ['castai', 'cast_ai'], value: chars('hex', 64) }),
];
