import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'NASA', family: 'services', source: 'https://api.nasa.gov/' } as const;

export const nasa: readonly Detector[] = [
  keyed({ ...of, id: 'nasa-api-key', title: 'NASA API key', keywords: ['nasa'], value: chars('base62', 40) }),
];
