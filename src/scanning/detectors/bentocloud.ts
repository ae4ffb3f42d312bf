import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'BentoCloud',
  family: 'ml-tooling',
  source: 'https://docs.bentoml.com/ (shape from practice, not published)',
} as const;

export const bentocloud: readonly Detector[] = [
  keyed({
    ...of,
    id: 'bentocloud-api-token',
    title: 'BentoCloud API token',
    keywords: ['bento', 'bento_cloud', 'bentoml', 'yatai'],
    value: chars('base62', 20, 24),
    seen: ["bentoml cloud login --api-token '{}' --endpoint 'https://x.cloud.bentoml.com'", 'BENTO_CLOUD_API_KEY={}'],
  }),
];
