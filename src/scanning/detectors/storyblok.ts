import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Storyblok', family: 'services', source: 'https://www.storyblok.com/docs/' } as const;

export const storyblok: readonly Detector[] = [
  keyed({
    ...of,
    id: 'storyblok-access-token',
    title: 'Storyblok access token',
    keywords: ['storyblok'],
    value: chars('base62', 24),
  }),
];
