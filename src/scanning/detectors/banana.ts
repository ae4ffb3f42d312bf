import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = {
  provider: 'Banana',
  family: 'ml-tooling',
  source: 'https://www.banana.dev/docs (shape from practice, not published)',
} as const;

export const banana: readonly Detector[] = [
  keyed({
    ...of,
    id: 'banana-api-key',
    title: 'Banana API key',
    keywords: ['banana_api', 'banana_dev', 'banana_key', 'banana.run'],
    value: uuid,
    seen: ['out = banana.run("{}", model_key, inputs)\n'],
  }),
];
