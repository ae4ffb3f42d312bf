import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Lightstep',
  family: 'monitoring',
  source: 'https://docs.lightstep.com/docs/create-and-manage-access-tokens',
} as const;

export const lightstep: readonly Detector[] = [
  keyed({
    ...of,
    id: 'lightstep-access-token',
    title: 'Lightstep access token',
    keywords: ['lightstep'],
    value: chars('base64', 80, 120),
  }),
];
