import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = {
  provider: 'Leonardo.Ai',
  family: 'ml-providers',
  source: 'https://docs.leonardo.ai/ (shape from practice, not published)',
} as const;

export const leonardo: readonly Detector[] = [
  keyed({
    ...of,
    id: 'leonardo-api-key',
    title: 'Leonardo.Ai API key',
    keywords: ['leonardo'],
    value: uuid,
    seen: ['curl https://cloud.leonardo.ai/api/rest/v1/me -H "authorization: Bearer {}"'],
  }),
];
