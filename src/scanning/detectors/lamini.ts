import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Lamini',
  family: 'ml-providers',
  source: 'https://docs.lamini.ai/ (shape from practice, not published)',
} as const;

export const lamini: readonly Detector[] = [
  keyed({
    ...of,
    id: 'lamini-api-key',
    title: 'Lamini API key',
    keywords: ['lamini', 'powerml'],
    value: chars('hex', 64),
    seen: ['lamini.api_key = "{}"', 'production.key: x\nLAMINI_API_KEY={}'],
  }),
];
