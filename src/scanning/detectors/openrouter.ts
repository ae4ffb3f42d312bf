import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'OpenRouter',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const openrouter: readonly Detector[] = [
  token({
    ...of,
    id: 'openrouter-api-key',
    title: 'OpenRouter API key',
    prefix: 'sk-or-v1-',
    body: chars('hex', 64),
    seen: ['client = OpenAI(base_url="https://openrouter.ai/api/v1", api_key="{}")'],
  }),
];
