import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'OpenShift',
  family: 'infrastructure',
  source: 'https://docs.openshift.com/container-platform/latest/authentication/managing-oauth-access-tokens.html',
} as const;

export const openshift: readonly Detector[] = [
  token({
    ...of,
    id: 'openshift-user-token',
    title: 'OpenShift user token',
    prefix: 'sha256~',
    body: chars('base64url', 43),
    notAfter: 'A-Za-z0-9_-',
  }),
];
