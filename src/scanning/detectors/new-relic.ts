import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'New Relic',
  family: 'monitoring',
  source: 'https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/',
} as const;

export const newRelic: readonly Detector[] = [
  token({ ...of, id: 'new-relic-user-key', title: 'New Relic user key', prefix: 'NRAK-', body: chars('upperBase36', 27) }),
  token({
    ...of,
    id: 'new-relic-insert-key',
    title: 'New Relic insert key',
    prefix: 'NRII-',
    body: chars('base64url', 32),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'new-relic-query-key',
    title: 'New Relic query key',
    prefix: 'NRIQ-',
    body: chars('base64url', 32),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({ ...of, id: 'new-relic-admin-key', title: 'New Relic admin key', prefix: 'NRAA-', body: chars('hex', 27) }),
  keyed({
    ...of,
    id: 'new-relic-license-key',
    title: 'New Relic licence key',
    keywords: ['newrelic', 'new_relic', 'nr_license'],
    value: seq(chars('hex', 36), 'NRAL'),
  }),
];
