import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Harness',
  family: 'continuous-integration',
  source: 'https://developer.harness.io/docs/platform/automation/api/add-and-manage-api-keys/',
} as const;

export const harness: readonly Detector[] = [
  token({
    ...of,
    id: 'harness-personal-token',
    title: 'Harness personal access token',
    prefix: 'pat.',
    body: seq(chars('base64url', 22), '.', chars('hex', 24), '.', chars('base62', 20)),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'harness-service-token',
    title: 'Harness service account token',
    prefix: 'sat.',
    body: seq(chars('base64url', 22), '.', chars('hex', 24), '.', chars('base62', 20)),
    notAfter: 'A-Za-z0-9_-',
  }),
];
