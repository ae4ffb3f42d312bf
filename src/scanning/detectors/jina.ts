import type { Detector } from '../detector.ts';
import { chars, either, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Jina AI',
  family: 'ml-providers',
  source: 'https://github.com/praetorian-inc/noseyparker/tree/main/crates/noseyparker/data/default/builtin/rules',
} as const;

export const jina: readonly Detector[] = [
  token({
    ...of,
    id: 'jina-api-key',
    title: 'Jina AI API key',
    prefix: 'jina_',
    body: either(chars('base62', 60), seq(chars('hex', 32), chars('base64url', 28))),
    notAfter: 'A-Za-z0-9_-',
    seen: ['headers = {"Authorization": "Bearer {}"}'],
    unseen: ['jina_embeddings_v2_base'],
  }),
];
