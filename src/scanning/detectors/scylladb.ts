import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = { provider: 'ScyllaDB Cloud', family: 'databases', source: 'https://cloud.docs.scylladb.com/' } as const;

export const scylladb: readonly Detector[] = [
  keyed({ ...of, id: 'scylladb-api-token', title: 'ScyllaDB Cloud API token', keywords: ['scylla'], value: uuid }),
];
