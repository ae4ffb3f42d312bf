import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Polygon.io', family: 'services', source: 'https://polygon.io/docs/' } as const;

export const polygonIo: readonly Detector[] = [
  keyed({ ...of, id: 'polygon-io-api-key', title: 'Polygon.io API key', keywords: ['polygon'], value: chars('base62', 32) }),
];
