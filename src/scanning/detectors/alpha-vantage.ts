import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Alpha Vantage', family: 'services', source: 'https://www.alphavantage.co/documentation/' } as const;

export const alphaVantage: readonly Detector[] = [
  keyed({
    ...of,
    id: 'alpha-vantage-api-key',
    title: 'Alpha Vantage API key',
    keywords: ['alphavantage', 'alpha_vantage'],
    value: chars('upperBase36', 16),
  }),
];
