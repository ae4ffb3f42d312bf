import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Serper',
  family: 'ml-providers',
  source: 'https://serper.dev/ (shape from practice, not published)',
} as const;

export const serper: readonly Detector[] = [
  keyed({
    ...of,
    id: 'serper-api-key',
    title: 'Serper API key',
    keywords: ['serper'],
    value: chars('hex', 40),
    seen: ['curl https://google.serper.dev/search -H "X-API-KEY: {}"', 'GoogleSerperAPIWrapper(serper_api_key="{}")'],
  }),
];
