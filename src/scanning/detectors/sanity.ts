import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'Sanity', family: 'services', source: 'https://www.sanity.io/docs/content-lake/http-auth' } as const;

export const sanity: readonly Detector[] = [
  keyed({
    ...of,
    id: 'sanity-api-token',
    title: 'Sanity API token',
    keywords: ['sanity'],
    value: seq('sk', chars('base62', 80, 180)),
  }),
];
