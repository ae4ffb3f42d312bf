import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Roboflow',
  family: 'ml-tooling',
  source: 'https://docs.roboflow.com/ (shape from practice, not published)',
} as const;

export const roboflow: readonly Detector[] = [
  keyed({
    ...of,
    id: 'roboflow-api-key',
    title: 'Roboflow private API key',
    keywords: ['roboflow'],
    value: chars('base62', 20),
    seen: ['rf = Roboflow(api_key="{}")', 'https://detect.roboflow.com/model/1?api_key={}'],
    unseen: ['roboflow publishable rf_{}'],
  }),
];
