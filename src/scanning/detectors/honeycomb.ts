import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Honeycomb',
  family: 'monitoring',
  source: 'https://docs.honeycomb.io/configure/environments/manage-api-keys/',
} as const;

export const honeycomb: readonly Detector[] = [
  token({ ...of, id: 'honeycomb-ingest-key', title: 'Honeycomb ingest key', prefix: 'hcaik_', body: chars('base36', 58, 64) }),
  token({
    ...of,
    id: 'honeycomb-management-key',
    title: 'Honeycomb management key',
    prefix: 'hcamk_',
    body: chars('base36', 26, 64),
  }),
  keyed({
    ...of,
    id: 'honeycomb-legacy-key',
    title: 'Honeycomb API key (legacy)',
    keywords: ['honeycomb'],
    value: either(chars('hex', 32), chars('base62', 22)),
  }),
];
