import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'OVHcloud', family: 'clouds', source: 'https://help.ovhcloud.com/csm/en-api-getting-started' } as const;

export const ovh: readonly Detector[] = [
  keyed({
    ...of,
    id: 'ovh-application-secret',
    title: 'OVHcloud application secret',
    keywords: ['ovh_application_secret', 'ovh_app_secret', 'ovh_application'],
    value: chars('base62', 32),
  }),
  keyed({
    ...of,
    id: 'ovh-consumer-key',
    title: 'OVHcloud consumer key',
    keywords: ['ovh_consumer_key', 'ovh_consumer'],
    value: chars('base62', 32),
  }),
];
