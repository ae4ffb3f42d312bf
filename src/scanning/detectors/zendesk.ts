import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Zendesk',
  family: 'services',
  source: 'https://developer.zendesk.com/api-reference/introduction/security-and-auth/',
} as const;

export const zendesk: readonly Detector[] = [
  keyed({ ...of, id: 'zendesk-api-token', title: 'Zendesk API token', keywords: ['zendesk'], value: chars('base62', 40) }),
];
