import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Better Stack',
  family: 'monitoring',
  source: 'https://betterstack.com/docs/logs/api/getting-started/',
} as const;

export const betterStack: readonly Detector[] = [
  keyed({
    ...of,
    id: 'better-stack-source-token',
    title: 'Better Stack source token',
    keywords: ['logtail', 'betterstack', 'better_stack', 'betteruptime'],
    value: chars('base62', 24),
  }),
];
