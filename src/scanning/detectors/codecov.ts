import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = {
  provider: 'Codecov',
  family: 'continuous-integration',
  source: 'https://docs.codecov.com/docs/codecov-tokens',
} as const;

export const codecov: readonly Detector[] = [
  keyed({ ...of, id: 'codecov-upload-token', title: 'Codecov upload token', keywords: ['codecov'], value: uuid }),
];
