import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'LanceDB',
  family: 'ml-tooling',
  source: 'https://docs.lancedb.com/ (shape from practice, not published)',
} as const;

export const lancedb: readonly Detector[] = [
  keyed({
    ...of,
    id: 'lancedb-api-key',
    title: 'LanceDB Cloud API key',
    keywords: ['lancedb', 'lance_api', 'lance_db'],
    value: seq('sk_', chars('base64url', 30, 64)),
    confidence: 'high',
    seen: ['db = lancedb.connect("db://x", api_key="{}")'],
  }),
];
