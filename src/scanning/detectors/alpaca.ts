import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Alpaca', family: 'services', source: 'https://docs.alpaca.markets/' } as const;

export const alpaca: readonly Detector[] = [
  keyed({
    ...of,
    id: 'alpaca-secret-key',
    title: 'Alpaca secret key',
    keywords: ['alpaca', 'apca_api'],
    value: chars('base62', 40, 44),
  }),
];
