import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Astronomer',
  family: 'ml-tooling',
  source: 'https://www.astronomer.io/docs/astro/ (shape from practice, not published)',
} as const;

export const astronomer: readonly Detector[] = [
  keyed({
    ...of,
    id: 'astronomer-key-secret',
    title: 'Astronomer API key secret',
    keywords: ['astronomer', 'astro_api'],
    value: chars('base64url', 64),
    seen: ['ASTRONOMER_KEY_SECRET={}'],
  }),
];
