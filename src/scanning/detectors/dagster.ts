import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Dagster',
  family: 'ml-tooling',
  source: 'https://docs.dagster.io/dagster-plus/ (shape from practice, not published)',
} as const;

export const dagster: readonly Detector[] = [
  keyed({
    ...of,
    id: 'dagster-cloud-token',
    title: 'Dagster+ token',
    keywords: ['dagster'],
    value: chars('hex', 32),
    seen: ['DAGSTER_CLOUD_API_TOKEN={}', 'headers={"Dagster-Cloud-Api-Token": "{}"}'],
  }),
];
