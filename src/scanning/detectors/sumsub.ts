import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq } from './shape.ts';

const of = { provider: 'Sumsub', family: 'services', source: 'https://docs.sumsub.com/reference/authentication' } as const;

export const sumsub: readonly Detector[] = [
  keyed({
    ...of,
    id: 'sumsub-app-token',
    title: 'Sumsub app token',
    keywords: ['sumsub'],
    value: seq(either('prd:', 'sbx:'), chars('base62', 24), '.', chars('base62', 32)),
  }),
];
