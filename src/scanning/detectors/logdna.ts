import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'LogDNA', family: 'monitoring', source: 'https://docs.mezmo.com/docs/ingestion-key' } as const;

export const logdna: readonly Detector[] = [
  keyed({
    ...of,
    id: 'logdna-ingestion-key',
    title: 'LogDNA ingestion key',
    keywords: ['logdna', 'mezmo'],
    value: chars('hex', 32),
  }),
];
