import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Fastly',
  family: 'clouds',
  source: 'https://www.fastly.com/documentation/reference/api/auth-tokens/',
} as const;

export const fastly: readonly Detector[] = [
  keyed({ ...of, id: 'fastly-api-token', title: 'Fastly API token', keywords: ['fastly'], value: chars('base64url', 32) }),
];
