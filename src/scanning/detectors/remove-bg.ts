import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'remove.bg',
  family: 'ml-providers',
  source: 'https://www.remove.bg/api (shape from practice, not published)',
} as const;

export const removeBg: readonly Detector[] = [
  keyed({
    ...of,
    id: 'remove-bg-api-key',
    title: 'remove.bg API key',
    keywords: ['remove_bg', 'removebg'],
    value: chars('base62', 24),
    seen: ['REMOVE_BG_API_KEY={}'],
  }),
];
