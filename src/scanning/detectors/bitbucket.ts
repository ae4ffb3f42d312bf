import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Bitbucket',
  family: 'code-hosts',
  source: 'https://support.atlassian.com/bitbucket-cloud/docs/app-passwords/',
} as const;

export const bitbucket: readonly Detector[] = [
  token({
    ...of,
    id: 'bitbucket-app-password',
    title: 'Bitbucket app password',
    prefix: 'ATBB',
    body: seq(chars('base62', 24), chars('upperHex', 8)),
  }),
  token({
    ...of,
    id: 'bitbucket-repository-token',
    title: 'Bitbucket repository access token',
    prefix: 'ATCTT3xFfG',
    body: seq(chars('base64url', 100, 220), '=', chars('upperHex', 8)),
    notAfter: 'A-Za-z0-9_-',
  }),
  keyed({
    ...of,
    id: 'bitbucket-client-secret',
    title: 'Bitbucket OAuth consumer secret',
    keywords: ['bitbucket'],
    value: chars('base62', 32),
  }),
];
