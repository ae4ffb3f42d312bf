import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Fish Audio',
  family: 'ml-providers',
  source: 'https://docs.fish.audio/ (shape from practice, not published)',
} as const;

export const fishAudio: readonly Detector[] = [
  keyed({
    ...of,
    id: 'fish-audio-api-key',
    title: 'Fish Audio API key',
    keywords: ['fish_audio', 'fishaudio', 'fish.audio', 'fish_api'],
    value: chars('hex', 32),
    seen: ['FISH_API_KEY={}'],
  }),
];
