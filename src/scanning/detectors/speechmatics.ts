import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Speechmatics',
  family: 'ml-providers',
  source: 'https://docs.speechmatics.com/ (shape from practice, not published)',
} as const;

export const speechmatics: readonly Detector[] = [
  keyed({
    ...of,
    id: 'speechmatics-api-key',
    title: 'Speechmatics API key',
    keywords: ['speechmatics'],
    value: chars('base62', 32),
    seen: ['curl https://asr.api.speechmatics.com/v2/jobs -H "Authorization: Bearer {}"'],
  }),
];
