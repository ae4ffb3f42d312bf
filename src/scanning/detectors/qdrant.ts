import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq, uuid } from './shape.ts';

const of = {
  provider: 'Qdrant',
  family: 'ml-tooling',
  source: 'https://qdrant.tech/documentation/cloud/authentication (shape from practice, not published)',
} as const;

export const qdrant: readonly Detector[] = [
  keyed({
    ...of,
    id: 'qdrant-api-key',
    title: 'Qdrant API key',
    keywords: ['qdrant'],
    value: either(seq(uuid, '|', chars('base64url', 43, 60)), chars('base64url', 43, 60)),
    seen: [
      'client = QdrantClient(url="https://x.cloud.qdrant.io", api_key="{}")',
      'service:\n  api_key: x\nQDRANT__SERVICE__API_KEY={}',
    ],
  }),
];
