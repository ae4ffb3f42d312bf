import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = {
  provider: 'Opsgenie',
  family: 'monitoring',
  source: 'https://support.atlassian.com/opsgenie/docs/api-key-management/',
} as const;

export const opsgenie: readonly Detector[] = [
  keyed({ ...of, id: 'opsgenie-api-key', title: 'Opsgenie API key', keywords: ['opsgenie'], value: uuid }),
];
