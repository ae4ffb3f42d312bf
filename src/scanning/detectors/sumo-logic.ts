import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Sumo Logic',
  family: 'monitoring',
  source: 'https://help.sumologic.com/docs/manage/security/access-keys/',
} as const;

export const sumoLogic: readonly Detector[] = [
  keyed({ ...of, id: 'sumo-logic-access-key', title: 'Sumo Logic access key', keywords: ['sumo'], value: chars('base62', 64) }),
];
