import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Moonshot AI',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const moonshot: readonly Detector[] = [
  keyed({
    ...of,
    id: 'moonshot-api-key',
    title: 'Moonshot (Kimi) API key',
    keywords: ['moonshot', 'kimi'],
    value: seq('sk-', chars('base62', 48)),
    confidence: 'high',
    seen: ['client = OpenAI(base_url="https://api.moonshot.cn/v1", api_key="{}")', 'KIMI_API_KEY={}'],
  }),
  token({
    ...of,
    id: 'moonshot-kimi-code-key',
    title: 'Kimi coding plan key',
    prefix: 'sk-kimi-',
    body: chars('base62', 40, 72),
    source: 'https://platform.moonshot.ai/docs/ (shape from practice, not published)',
    seen: ['ANTHROPIC_AUTH_TOKEN={}'],
  }),
];
