import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'RapidAPI', family: 'services', source: 'https://docs.rapidapi.com/docs/keys' } as const;

export const rapidapi: readonly Detector[] = [
  keyed({
    ...of,
    id: 'rapidapi-api-key',
    title: 'RapidAPI API key',
    keywords: ['rapidapi', 'x_rapidapi'],
    value: seq(chars('base36', 10), 'msh', chars('base36', 15), 'p1', chars('base36', 6), 'jsn', chars('base36', 12)),
  }),
];
