import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Mixedbread',
  family: 'ml-providers',
  source: 'https://www.mixedbread.com/docs/ (shape from practice, not published)',
} as const;

export const mixedbread: readonly Detector[] = [
  token({
    ...of,
    id: 'mixedbread-api-key',
    title: 'Mixedbread API key',
    prefix: 'mxb_',
    body: chars('base62', 32, 72),
    confidence: 'medium',
    seen: ['mxbai = Mixedbread(api_key="{}")'],
    unseen: ['mxb_rerank_large_v1_settings_for_prod'],
  }),
  token({
    ...of,
    id: 'mixedbread-embedding-key',
    title: 'Mixedbread embedding key',
    prefix: 'emb_',
    body: chars('hex', 48),
    confidence: 'medium',
    seen: ['MXBAI_API_KEY={}'],
  }),
];
