import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq } from './shape.ts';

const of = {
  provider: 'PagerDuty',
  family: 'monitoring',
  source: 'https://support.pagerduty.com/main/docs/api-access-keys',
} as const;

export const pagerduty: readonly Detector[] = [
  keyed({
    ...of,
    id: 'pagerduty-api-key',
    title: 'PagerDuty REST API key',
    keywords: ['pagerduty', 'pager_duty', 'pd_api'],
    value: seq(either('u+', 'y_', 'e+'), chars('base64url', 18)),
  }),
  keyed({
    ...of,
    id: 'pagerduty-integration-key',
    title: 'PagerDuty integration key',
    keywords: ['pagerduty', 'pager_duty'],
    value: chars('hex', 32),
  }),
];
