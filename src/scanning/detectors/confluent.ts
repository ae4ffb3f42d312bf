import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Confluent',
  family: 'databases',
  source:
    'https://docs.confluent.io/cloud/current/security/authenticate/workload-identities/service-accounts/api-keys/overview.html',
} as const;

export const confluent: readonly Detector[] = [
  token({
    ...of,
    id: 'confluent-api-secret',
    title: 'Confluent API secret',
    prefix: 'cflt',
    body: chars('base64', 60),
    notAfter: 'A-Za-z0-9+/',
  }),
  keyed({
    ...of,
    id: 'confluent-legacy-api-secret',
    title: 'Confluent API secret (legacy)',
    keywords: ['confluent', 'kafka', 'sasl', 'registry_basic'],
    value: chars('base64', 64),
  }),
];
