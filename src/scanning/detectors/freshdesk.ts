import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Freshworks',
  family: 'services',
  source: 'https://developers.freshdesk.com/api/#authentication',
} as const;

export const freshdesk: readonly Detector[] = [
  keyed({
    ...of,
    id: 'freshdesk-api-key',
    title: 'Freshworks API key',
    keywords: ['freshdesk', 'freshservice', 'freshworks'],
    value: chars('base62', 20),
  }),
];
