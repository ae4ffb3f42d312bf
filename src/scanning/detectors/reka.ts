import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Reka',
  family: 'ml-providers',
  source: 'https://docs.reka.ai/ (shape from practice, not published)',
} as const;

export const reka: readonly Detector[] = [
  keyed({
    ...of,
    id: 'reka-api-key',
    title: 'Reka API key',
    keywords: ['reka'],
    value: chars('hex', 64),
    seen: ['reka.API_KEY = "{}"', 'client = Reka(api_key="{}")'],
  }),
];
