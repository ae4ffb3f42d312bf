import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Dynatrace',
  family: 'monitoring',
  source: 'https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/access-tokens',
} as const;

export const dynatrace: readonly Detector[] = [
  token({
    ...of,
    id: 'dynatrace-api-token',
    title: 'Dynatrace API token',
    prefix: 'dt0c01.',
    body: seq(chars('upperBase36', 24), '.', chars('upperBase36', 64)),
  }),
  token({
    ...of,
    id: 'dynatrace-oauth-secret',
    title: 'Dynatrace OAuth client secret',
    prefix: 'dt0s02.',
    body: seq(chars('upperBase36', 8), '.', chars('upperBase36', 64)),
  }),
  token({
    ...of,
    id: 'dynatrace-platform-token',
    title: 'Dynatrace platform token',
    prefix: 'dt0s16.',
    body: seq(chars('upperBase36', 8), '.', chars('upperBase36', 64)),
  }),
];
