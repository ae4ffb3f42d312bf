import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq } from './shape.ts';

const of = {
  provider: 'Scale AI',
  family: 'ml-tooling',
  source: 'https://docs.scale.com/ (shape from practice, not published)',
} as const;

export const scale: readonly Detector[] = [
  keyed({
    ...of,
    id: 'scale-api-key',
    title: 'Scale AI key',
    keywords: ['scale_api', 'scaleapi', 'scale_ai', 'scaleai', 'scale_key', 'scale'],
    value: seq(either('live_', 'test_'), chars('hex', 32)),
    seen: ['client = scaleapi.ScaleClient("{}")', 'curl https://api.scale.com/v1/tasks -u "{}:"'],
    unseen: ['scale: test_run'],
  }),
];
