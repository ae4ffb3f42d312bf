import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Contentful',
  family: 'services',
  source: 'https://www.contentful.com/developers/docs/references/authentication/',
} as const;

export const contentful: readonly Detector[] = [
  token({
    ...of,
    id: 'contentful-management-token',
    title: 'Contentful management token',
    prefix: 'CFPAT-',
    body: chars('base64url', 43),
    notAfter: 'A-Za-z0-9_-',
  }),
  keyed({
    ...of,
    id: 'contentful-delivery-token',
    title: 'Contentful delivery token',
    keywords: ['contentful'],
    value: chars('base64url', 43),
  }),
];
