import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either } from './shape.ts';

const of = {
  provider: 'Meilisearch',
  family: 'databases',
  source: 'https://www.meilisearch.com/docs/learn/security/basic_security',
} as const;

export const meilisearch: readonly Detector[] = [
  keyed({
    ...of,
    id: 'meilisearch-api-key',
    title: 'Meilisearch API key',
    keywords: ['meili'],
    value: either(chars('hex', 64), chars('base64url', 43)),
  }),
];
