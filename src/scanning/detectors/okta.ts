import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq } from './shape.ts';

const of = {
  provider: 'Okta',
  family: 'services',
  source: 'https://developer.okta.com/docs/guides/create-an-api-token/',
} as const;

export const okta: readonly Detector[] = [
  keyed({
    ...of,
    id: 'okta-api-token',
    title: 'Okta API token',
    keywords: ['okta', 'ssws'],
    value: seq('00', chars('base64url', 40)),
  }),
  keyed({
    ...of,
    id: 'okta-client-secret',
    title: 'Okta client secret',
    keywords: ['okta_client', 'okta_oauth', 'okta'],
    value: either(chars('base64url', 64), chars('base64url', 40)),
  }),
];
