import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq } from './shape.ts';

const of = {
  provider: 'Cursor',
  family: 'ml-tooling',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const cursor: readonly Detector[] = [
  keyed({
    ...of,
    id: 'cursor-api-key',
    title: 'Cursor API key',
    keywords: ['cursor'],
    value: either(seq('key_', chars('hex', 64)), seq('crsr_', chars('hex', 64))),
    seen: ['export CURSOR_API_KEY={}'],
  }),
];
