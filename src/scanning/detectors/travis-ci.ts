import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Travis CI',
  family: 'continuous-integration',
  source: 'https://docs.travis-ci.com/user/triggering-builds/',
} as const;

export const travisCi: readonly Detector[] = [
  keyed({ ...of, id: 'travis-ci-api-token', title: 'Travis CI API token', keywords: ['travis'], value: chars('base64url', 22) }),
];
