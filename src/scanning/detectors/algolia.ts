import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Algolia', family: 'databases', source: 'https://www.algolia.com/doc/guides/security/api-keys/' } as const;

export const algolia: readonly Detector[] = [
  keyed({ ...of, id: 'algolia-admin-key', title: 'Algolia admin API key', keywords: ['algolia'], value: chars('hex', 32) }),
];
