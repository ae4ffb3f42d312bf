import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'DeepSeek',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const deepseek: readonly Detector[] = [
  keyed({
    ...of,
    id: 'deepseek-api-key',
    title: 'DeepSeek API key',
    keywords: ['deepseek'],
    value: seq('sk-', chars('hex', 32)),
    confidence: 'high',
    seen: ['client = OpenAI(base_url="https://api.deepseek.com", api_key="{}")', 'export DEEPSEEK_API_KEY={}'],
  }),
];
