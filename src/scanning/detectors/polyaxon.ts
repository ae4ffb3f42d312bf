import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Polyaxon',
  family: 'ml-tooling',
  source: 'https://polyaxon.com/docs/ (shape from practice, not published)',
} as const;

export const polyaxon: readonly Detector[] = [
  keyed({
    ...of,
    id: 'polyaxon-auth-token',
    title: 'Polyaxon token',
    keywords: ['polyaxon'],
    value: chars('hex', 40),
    seen: ['POLYAXON_AUTH_TOKEN={}'],
  }),
];
