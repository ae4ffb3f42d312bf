import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'Prismic', family: 'services', source: 'https://prismic.io/docs/' } as const;

export const prismic: readonly Detector[] = [
  keyed({
    ...of,
    id: 'prismic-access-token',
    title: 'Prismic permanent access token',
    keywords: ['prismic'],
    value: seq('MC5', chars('base64url', 40, 160), '.', chars('base64url', 20, 160)),
  }),
];
