import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Comet',
  family: 'ml-tooling',
  source: 'https://www.comet.com/docs/ (shape from practice, not published)',
} as const;

export const comet: readonly Detector[] = [
  keyed({
    ...of,
    id: 'comet-api-key',
    title: 'Comet API key',
    keywords: ['comet', 'comet_ml', 'opik'],
    value: chars('base62', 25),
    seen: [
      'experiment = comet_ml.Experiment(api_key="{}", project_name="x")',
      '[comet]\napi_key={}\n',
      'COMET_API_KEY={}',
      'COMET_API_KEY={}',
    ],
  }),
];
