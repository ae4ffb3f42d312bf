import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'Lob', family: 'services', source: 'https://docs.lob.com/#tag/Authentication' } as const;

export const lob: readonly Detector[] = [
  keyed({ ...of, id: 'lob-api-key', title: 'Lob API key', keywords: ['lob'], value: seq('live_', chars('hex', 35)) }),
];
