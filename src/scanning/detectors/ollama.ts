import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Ollama',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const ollama: readonly Detector[] = [
  keyed({
    ...of,
    id: 'ollama-api-key',
    title: 'Ollama cloud API key',
    keywords: ['ollama'],
    value: seq(chars('hex', 32), '.', chars('base64url', 24)),
    seen: ['curl https://ollama.com/api/chat -H "Authorization: Bearer {}"'],
  }),
];
