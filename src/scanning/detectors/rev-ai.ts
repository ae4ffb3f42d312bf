import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Rev AI',
  family: 'ml-providers',
  source: 'https://docs.rev.ai/ (shape from practice, not published)',
} as const;

export const revAi: readonly Detector[] = [
  keyed({
    ...of,
    id: 'rev-ai-access-token',
    title: 'Rev AI access token',
    keywords: ['rev_ai', 'revai'],
    value: chars('base64url', 50, 90),
    seen: ['client = RevAiAPIClient("{}")', 'REV_AI_ACCESS_TOKEN={}'],
  }),
];
