import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Code Climate', family: 'continuous-integration', source: 'https://docs.codeclimate.com/' } as const;

export const codeClimate: readonly Detector[] = [
  keyed({
    ...of,
    id: 'code-climate-reporter-id',
    title: 'Code Climate test reporter id',
    keywords: ['cc_test_reporter', 'codeclimate'],
    value: chars('hex', 64),
  }),
];
