import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq } from './shape.ts';

const of = {
  provider: 'Upstage',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const upstage: readonly Detector[] = [
  keyed({
    ...of,
    id: 'upstage-api-key',
    title: 'Upstage API key',
    keywords: ['upstage'],
    value: either(seq('up_', chars('base62', 26, 36)), chars('base62', 40, 50)),
    seen: ['ChatUpstage(upstage_api_key="{}")'],
  }),
];
