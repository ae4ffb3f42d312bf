import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'RunPod',
  family: 'ml-tooling',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const runpod: readonly Detector[] = [
  token({
    ...of,
    id: 'runpod-api-key',
    title: 'RunPod API key',
    prefix: 'rpa_',
    body: seq(chars('upperBase36', 40), chars('base62', 6)),
    seen: ['runpod.api_key = "{}"'],
  }),
  keyed({
    ...of,
    id: 'runpod-legacy-key',
    title: 'RunPod key (first form)',
    keywords: ['runpod'],
    value: chars('upperBase36', 38, 46),
    source: 'https://docs.runpod.io/ (shape from practice, not published)',
    seen: ['RUNPOD_API_KEY={}'],
  }),
];
