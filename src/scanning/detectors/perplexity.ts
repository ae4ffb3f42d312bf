import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Perplexity',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const perplexity: readonly Detector[] = [
  token({
    ...of,
    id: 'perplexity-api-key',
    title: 'Perplexity API key',
    prefix: 'pplx-',
    body: chars('base62', 40, 56),
    seen: ['client = OpenAI(api_key="{}", base_url="https://api.perplexity.ai")'],
    unseen: ['pplx-70b-online', '"model": "pplx-7b-chat"'],
  }),
];
