import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'monday.com',
  family: 'services',
  source: 'https://developer.monday.com/api-reference/docs/authentication',
} as const;

export const monday: readonly Detector[] = [
  keyed({
    ...of,
    id: 'monday-api-token',
    title: 'monday.com API token',
    keywords: ['monday'],
    value: seq('eyJ', chars('base64url', 20, 100), '.', chars('base64url', 40, 500), '.', chars('base64url', 43)),
  }),
];
