import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = {
  provider: 'Hyperstack',
  family: 'ml-tooling',
  source: 'https://docs.hyperstack.cloud/ (shape from practice, not published)',
} as const;

export const hyperstack: readonly Detector[] = [
  keyed({
    ...of,
    id: 'hyperstack-api-key',
    title: 'Hyperstack API key',
    keywords: ['hyperstack'],
    value: uuid,
    seen: ['curl https://infrahub-api.nexgencloud.com/v1 -H "api_key: x"\nHYPERSTACK_API_KEY={}'],
  }),
];
