import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Binance',
  family: 'payments',
  source: 'https://developers.binance.com/docs/binance-spot-api-docs',
} as const;

export const binance: readonly Detector[] = [
  keyed({ ...of, id: 'binance-api-secret', title: 'Binance API secret', keywords: ['binance'], value: chars('base62', 64) }),
];
