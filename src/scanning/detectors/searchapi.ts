import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'SearchApi',
  family: 'ml-providers',
  source: 'https://www.searchapi.io/docs/ (shape from practice, not published)',
} as const;

export const searchapi: readonly Detector[] = [
  keyed({
    ...of,
    id: 'searchapi-api-key',
    title: 'SearchApi key',
    keywords: ['searchapi'],
    value: chars('base62', 24),
    seen: ['https://www.searchapi.io/api/v1/search?engine=google&api_key={}'],
  }),
];
