import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Datadog',
  family: 'monitoring',
  source: 'https://docs.datadoghq.com/account_management/api-app-keys/',
} as const;

export const datadog: readonly Detector[] = [
  keyed({
    ...of,
    id: 'datadog-api-key',
    title: 'Datadog API key',
    keywords: ['datadog', 'dd_api', 'dd_client'],
    value: chars('hex', 32),
  }),
  keyed({
    ...of,
    id: 'datadog-application-key',
    title: 'Datadog application key',
    keywords: ['datadog', 'dd_app', 'dd_application'],
    value: chars('hex', 40),
  }),
];
