import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = {
  provider: 'Cypress Cloud',
  family: 'continuous-integration',
  source: 'https://docs.cypress.io/cloud/account-management/projects',
} as const;

export const cypress: readonly Detector[] = [
  keyed({
    ...of,
    id: 'cypress-record-key',
    title: 'Cypress Cloud record key',
    keywords: ['cypress_record', 'cypress'],
    value: uuid,
  }),
];
