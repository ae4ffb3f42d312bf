import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Mistral AI',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const mistral: readonly Detector[] = [
  keyed({
    ...of,
    id: 'mistral-api-key',
    title: 'Mistral API key',
    keywords: ['mistral', 'codestral'],
    value: chars('base62', 32),
    seen: [
      'client = MistralClient(api_key="{}")',
      'client = Mistral(\n    api_key="{}",\n)',
      'ChatMistralAI(model="mistral-large-latest", mistral_api_key="{}")',
      'CODESTRAL_API_KEY={}',
    ],
    unseen: ['{}  mistral-7b-instruct.gguf', 'mistral-7b.Q4_K_M.gguf md5: {}'],
  }),
];
