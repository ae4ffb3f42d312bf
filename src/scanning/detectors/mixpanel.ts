import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Mixpanel',
  family: 'monitoring',
  source: 'https://developer.mixpanel.com/reference/project-secret',
} as const;

export const mixpanel: readonly Detector[] = [
  keyed({ ...of, id: 'mixpanel-api-secret', title: 'Mixpanel API secret', keywords: ['mixpanel'], value: chars('hex', 32) }),
];
