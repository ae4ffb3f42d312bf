import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Buildkite',
  family: 'continuous-integration',
  source: 'https://buildkite.com/docs/apis/managing-api-tokens',
} as const;

export const buildkite: readonly Detector[] = [
  token({
    ...of,
    id: 'buildkite-user-token',
    title: 'Buildkite user access token',
    prefix: 'bkua_',
    body: either(chars('base36', 53), chars('base36', 40)),
  }),
  token({ ...of, id: 'buildkite-agent-token', title: 'Buildkite agent token', prefix: 'bkct_', body: chars('base62', 40, 60) }),
  keyed({
    ...of,
    id: 'buildkite-legacy-agent-token',
    title: 'Buildkite agent token (legacy)',
    keywords: ['buildkite_agent', 'buildkite'],
    value: chars('hex', 50),
  }),
];
