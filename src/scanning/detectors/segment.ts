import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Segment', family: 'monitoring', source: 'https://segment.com/docs/api/public-api/' } as const;

export const segment: readonly Detector[] = [
  token({ ...of, id: 'segment-public-api-token', title: 'Segment Public API token', prefix: 'sgp_', body: chars('base62', 64) }),
  keyed({
    ...of,
    id: 'segment-write-key',
    title: 'Segment write key',
    keywords: ['segment_write', 'segment_key', 'segment_api'],
    value: chars('base62', 32),
  }),
];
