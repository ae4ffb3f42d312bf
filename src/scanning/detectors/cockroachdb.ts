import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'CockroachDB',
  family: 'databases',
  source: 'https://www.cockroachlabs.com/docs/cockroachcloud/managing-access',
} as const;

export const cockroachdb: readonly Detector[] = [
  token({
    ...of,
    id: 'cockroachdb-api-key',
    title: 'CockroachDB Cloud API key',
    prefix: 'CCDB1_',
    body: seq(chars('base62', 22), '_', chars('base62', 40)),
  }),
];
