import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq } from './shape.ts';

const of = {
  provider: 'PlayHT',
  family: 'ml-providers',
  source: 'https://docs.play.ht/ (shape from practice, not published)',
} as const;

export const playht: readonly Detector[] = [
  keyed({
    ...of,
    id: 'playht-api-key',
    title: 'PlayHT API key',
    keywords: ['playht', 'play_ht', 'play.ht'],
    value: either(chars('hex', 32), seq('ak-', chars('hex', 32))),
    seen: ['PLAY_HT_API_KEY={}'],
    unseen: ['PLAYHT_USER_ID={}'],
  }),
];
