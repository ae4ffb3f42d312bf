import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, optional, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Salesforce',
  family: 'services',
  source: 'https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/',
} as const;

export const salesforce: readonly Detector[] = [
  token({
    ...of,
    id: 'salesforce-refresh-token',
    title: 'Salesforce refresh token',
    prefix: '5Aep861',
    body: seq(chars('base64url', 70, 90), optional(chars({ of: '._' }, 1)), chars('base62', 0, 10)),
    notAfter: 'A-Za-z0-9_-',
  }),
  keyed({
    ...of,
    id: 'salesforce-client-secret',
    title: 'Salesforce consumer secret',
    keywords: ['salesforce', 'sfdc'],
    value: chars('upperHex', 64),
  }),
];
