import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'TomTom', family: 'services', source: 'https://developer.tomtom.com/' } as const;

export const tomtom: readonly Detector[] = [
  keyed({ ...of, id: 'tomtom-api-key', title: 'TomTom API key', keywords: ['tomtom'], value: chars('base62', 32) }),
];
