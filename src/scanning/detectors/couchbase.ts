import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Couchbase Capella',
  family: 'databases',
  source: 'https://docs.couchbase.com/cloud/management-api-guide/management-api-authentication.html',
} as const;

export const couchbase: readonly Detector[] = [
  keyed({
    ...of,
    id: 'couchbase-api-secret',
    title: 'Couchbase Capella API key secret',
    keywords: ['capella', 'couchbase'],
    value: chars('base64', 60, 90),
  }),
];
