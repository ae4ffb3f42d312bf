import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'SigOpt',
  family: 'ml-tooling',
  source: 'https://docs.sigopt.com/ (shape from practice, not published)',
} as const;

export const sigopt: readonly Detector[] = [
  keyed({
    ...of,
    id: 'sigopt-api-token',
    title: 'SigOpt API token',
    keywords: ['sigopt'],
    value: chars('upperBase36', 48),
    seen: ['conn = sigopt.Connection(client_token="{}")'],
  }),
];
