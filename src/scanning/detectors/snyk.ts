import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = {
  provider: 'Snyk',
  family: 'continuous-integration',
  source: 'https://docs.snyk.io/snyk-api/authentication-for-api',
} as const;

export const snyk: readonly Detector[] = [
  keyed({ ...of, id: 'snyk-api-token', title: 'Snyk API token', keywords: ['snyk'], value: uuid }),
];
