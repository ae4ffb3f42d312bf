import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Private AI',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const privateAi: readonly Detector[] = [
  keyed({
    ...of,
    id: 'private-ai-api-token',
    title: 'Private AI token',
    keywords: ['private_ai', 'privateai'],
    value: chars('base36', 32),
    seen: ['PRIVATEAI_API_KEY={}'],
  }),
];
