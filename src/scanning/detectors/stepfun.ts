import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'StepFun',
  family: 'ml-providers',
  source: 'https://platform.stepfun.com/docs/ (shape from practice, not published)',
} as const;

export const stepfun: readonly Detector[] = [
  keyed({
    ...of,
    id: 'stepfun-api-key',
    title: 'StepFun API key',
    keywords: ['stepfun', 'step_api'],
    value: chars('base62', 60, 68),
    seen: ['STEP_API_KEY={}'],
  }),
];
