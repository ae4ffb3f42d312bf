import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Unsplash', family: 'services', source: 'https://unsplash.com/documentation' } as const;

export const unsplash: readonly Detector[] = [
  keyed({
    ...of,
    id: 'unsplash-access-key',
    title: 'Unsplash access key',
    keywords: ['unsplash'],
    value: chars('base64url', 43),
  }),
];
