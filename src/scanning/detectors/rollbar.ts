import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Rollbar', family: 'monitoring', source: 'https://docs.rollbar.com/docs/access-tokens' } as const;

export const rollbar: readonly Detector[] = [
  keyed({ ...of, id: 'rollbar-access-token', title: 'Rollbar access token', keywords: ['rollbar'], value: chars('hex', 32) }),
];
