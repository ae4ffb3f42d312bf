import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Bitrise', family: 'continuous-integration', source: 'https://devcenter.bitrise.io/' } as const;

export const bitrise: readonly Detector[] = [
  token({
    ...of,
    id: 'bitrise-workspace-token',
    title: 'Bitrise workspace API token',
    prefix: 'bitwat_',
    body: chars('base64url', 60, 110),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'bitrise-user-token',
    title: 'Bitrise personal access token',
    prefix: 'bitpat_',
    body: chars('base64url', 60, 110),
    notAfter: 'A-Za-z0-9_-',
  }),
];
