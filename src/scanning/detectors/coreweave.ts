import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'CoreWeave',
  family: 'ml-tooling',
  source: 'https://docs.coreweave.com/ (shape from practice, not published)',
} as const;

export const coreweave: readonly Detector[] = [
  token({
    ...of,
    id: 'coreweave-api-token',
    title: 'CoreWeave API token',
    prefix: 'CW-SECRET-',
    body: chars('base62', 24, 64),
    seen: ['CW_API_TOKEN={}'],
  }),
];
