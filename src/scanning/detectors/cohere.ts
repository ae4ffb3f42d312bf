import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Cohere',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const cohere: readonly Detector[] = [
  keyed({
    ...of,
    id: 'cohere-api-key',
    title: 'Cohere API key',
    keywords: ['cohere', 'co_api_key'],
    value: chars('base62', 40),
    seen: [
      'co = cohere.Client("{}")',
      "co = cohere.ClientV2(api_key='{}')",
      'CO_API_KEY={}',
      'const cohere = new CohereClient({\n  token: "{}",\n});',
      'cohere.WithToken("{}")',
      'CohereEmbeddings(model="embed-english-v3.0", cohere_api_key="{}")',
    ],
    unseen: [
      'cohere-python @ git+https://github.com/cohere-ai/cohere-python@{}',
      '"resolved": "https://registry.example.com/cohere-ai/-/cohere-ai-7.0.0.tgz#{}"',
    ],
  }),
];
