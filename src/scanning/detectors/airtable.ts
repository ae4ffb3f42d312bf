import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Airtable',
  family: 'databases',
  source: 'https://airtable.com/developers/web/guides/personal-access-tokens',
} as const;

export const airtable: readonly Detector[] = [
  token({
    ...of,
    id: 'airtable-personal-access-token',
    title: 'Airtable personal access token',
    prefix: 'pat',
    body: seq(chars('base62', 14), '.', chars('hex', 64)),
  }),
  keyed({
    ...of,
    id: 'airtable-legacy-api-key',
    title: 'Airtable API key (legacy)',
    keywords: ['airtable'],
    value: seq('key', chars('base62', 14)),
  }),
];
