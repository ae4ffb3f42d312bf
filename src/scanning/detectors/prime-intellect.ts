import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Prime Intellect',
  family: 'ml-tooling',
  source: 'https://docs.primeintellect.ai/ (shape from practice, not published)',
} as const;

export const primeIntellect: readonly Detector[] = [
  token({
    ...of,
    id: 'prime-intellect-api-key',
    title: 'Prime Intellect API key',
    prefix: 'pit_',
    body: chars('hex', 64),
    seen: ['PRIME_API_KEY={}'],
  }),
];
