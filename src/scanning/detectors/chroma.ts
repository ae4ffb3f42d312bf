import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Chroma Cloud',
  family: 'ml-tooling',
  source: 'https://docs.trychroma.com/ (shape from practice, not published)',
} as const;

export const chroma: readonly Detector[] = [
  keyed({
    ...of,
    id: 'chroma-api-key',
    title: 'Chroma Cloud API key',
    keywords: ['chroma'],
    value: seq('ck-', chars('base62', 40, 48)),
    seen: ['client = chromadb.CloudClient(tenant="t", database="d", api_key="{}")', 'CHROMA_API_KEY={}'],
  }),
];
