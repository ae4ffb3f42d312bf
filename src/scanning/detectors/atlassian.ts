import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Atlassian',
  family: 'services',
  source: 'https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/',
} as const;

export const atlassian: readonly Detector[] = [
  token({
    ...of,
    id: 'atlassian-api-token',
    title: 'Atlassian API token',
    prefix: 'ATATT3',
    body: seq(chars('base64url', 160, 200), '=', chars('upperHex', 8)),
    notAfter: 'A-Za-z0-9_-',
  }),
  keyed({
    ...of,
    id: 'atlassian-legacy-api-token',
    title: 'Atlassian API token (legacy)',
    keywords: ['atlassian', 'jira', 'confluence'],
    value: chars('base62', 24),
  }),
];
