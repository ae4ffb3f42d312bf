import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'CircleCI',
  family: 'continuous-integration',
  source: 'https://circleci.com/docs/managing-api-tokens/',
} as const;

export const circleci: readonly Detector[] = [
  token({
    ...of,
    id: 'circleci-personal-token',
    title: 'CircleCI personal API token',
    prefix: 'CCIPAT_',
    body: seq(chars('base62', 22), '_', chars('hex', 40)),
  }),
  token({
    ...of,
    id: 'circleci-project-token',
    title: 'CircleCI project API token',
    prefix: 'CCIPRJ_',
    body: seq(chars('base62', 22), '_', chars('hex', 40)),
  }),
  keyed({
    ...of,
    id: 'circleci-legacy-token',
    title: 'CircleCI API token (legacy)',
    keywords: ['circleci', 'circle_ci', 'circle_token'],
    value: chars('hex', 40),
  }),
];
