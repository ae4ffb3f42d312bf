import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Wolfram Alpha',
  family: 'ml-providers',
  source: 'https://products.wolframalpha.com/api/ (shape from practice, not published)',
} as const;

export const wolfram: readonly Detector[] = [
  keyed({
    ...of,
    id: 'wolfram-alpha-app-id',
    title: 'Wolfram Alpha AppID',
    keywords: ['wolfram'],
    value: seq(chars('upperBase36', 6), '-', chars('upperBase36', 10)),
    seen: ['WOLFRAM_ALPHA_APPID={}', 'https://api.wolframalpha.com/v2/query?input=pi&appid={}'],
  }),
];
