import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Reddit', family: 'services', source: 'https://github.com/reddit-archive/reddit/wiki/OAuth2' } as const;

export const reddit: readonly Detector[] = [
  keyed({
    ...of,
    id: 'reddit-client-secret',
    title: 'Reddit client secret',
    keywords: ['reddit'],
    value: chars('base64url', 27, 30),
  }),
];
