import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = { provider: 'TiDB Cloud', family: 'databases', source: 'https://docs.pingcap.com/tidbcloud/api/v1beta' } as const;

export const tidbCloud: readonly Detector[] = [
  keyed({ ...of, id: 'tidb-cloud-private-key', title: 'TiDB Cloud API private key', keywords: ['tidb'], value: uuid }),
];
