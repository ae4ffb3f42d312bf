import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Deepnote',
  family: 'ml-tooling',
  source: 'https://deepnote.com/docs/ (shape from practice, not published)',
} as const;

export const deepnote: readonly Detector[] = [
  keyed({
    ...of,
    id: 'deepnote-api-key',
    title: 'Deepnote API key',
    keywords: ['deepnote'],
    value: chars('hex', 64, 160),
    seen: ['DEEPNOTE_API_KEY={}'],
  }),
];
