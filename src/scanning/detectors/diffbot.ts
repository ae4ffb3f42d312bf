import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Diffbot',
  family: 'ml-tooling',
  source: 'https://docs.diffbot.com/ (shape from practice, not published)',
} as const;

export const diffbot: readonly Detector[] = [
  keyed({
    ...of,
    id: 'diffbot-token',
    title: 'Diffbot token',
    keywords: ['diffbot'],
    value: chars('hex', 32),
    seen: ['https://api.diffbot.com/v3/article?token={}'],
  }),
];
