import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = {
  provider: 'Black Forest Labs',
  family: 'ml-providers',
  source: 'https://docs.bfl.ai/ (shape from practice, not published)',
} as const;

export const blackForestLabs: readonly Detector[] = [
  keyed({
    ...of,
    id: 'black-forest-labs-api-key',
    title: 'Black Forest Labs (FLUX) API key',
    keywords: ['bfl', 'black_forest', 'blackforest'],
    value: uuid,
    seen: ['curl https://api.bfl.ai/v1/flux-pro -H "x-key: {}"', 'BFL_API_KEY={}'],
  }),
];
