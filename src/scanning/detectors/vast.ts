import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Vast.ai',
  family: 'ml-tooling',
  source: 'https://docs.vast.ai/ (shape from practice, not published)',
} as const;

export const vast: readonly Detector[] = [
  keyed({
    ...of,
    id: 'vast-api-key',
    title: 'Vast.ai API key',
    keywords: ['vast', 'vast_ai', 'vastai'],
    value: chars('hex', 64),
    seen: ['vastai set api-key {}', 'VAST_API_KEY={}'],
    unseen: ['a vast number of files, sha256: {}'],
  }),
];
