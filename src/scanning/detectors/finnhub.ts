import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Finnhub', family: 'services', source: 'https://finnhub.io/docs/api' } as const;

export const finnhub: readonly Detector[] = [
  keyed({ ...of, id: 'finnhub-api-key', title: 'Finnhub API key', keywords: ['finnhub'], value: chars('base36', 20, 40) }),
];
