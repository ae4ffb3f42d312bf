import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Relevance AI',
  family: 'ml-tooling',
  source: 'https://relevanceai.com/docs (shape from practice, not published)',
} as const;

export const relevanceAi: readonly Detector[] = [
  keyed({
    ...of,
    id: 'relevance-ai-api-key',
    title: 'Relevance AI API key',
    keywords: ['relevance_ai', 'relevanceai', 'relevance_api', 'relevance_auth'],
    value: seq('sk-', chars('base64', 40, 64)),
    confidence: 'high',
    seen: ['RELEVANCEAI_API_KEY={}'],
  }),
];
