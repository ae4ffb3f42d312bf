import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq, uuid } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Pinecone',
  family: 'ml-tooling',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const pinecone: readonly Detector[] = [
  token({
    ...of,
    id: 'pinecone-api-key',
    title: 'Pinecone API key',
    prefix: 'pcsk_',
    body: seq(chars('base62', 5, 6), '_', chars('base62', 63)),
    seen: ['pc = Pinecone(api_key="{}")'],
  }),
  keyed({
    ...of,
    id: 'pinecone-legacy-key',
    title: 'Pinecone key (first form)',
    keywords: ['pinecone'],
    value: uuid,
    seen: ['pinecone.init(api_key="{}", environment="us-west1-gcp")', 'pc = Pinecone("{}")'],
    unseen: ['pinecone_index_id: {}', '"pinecone": {"id": "{}"}'],
  }),
];
