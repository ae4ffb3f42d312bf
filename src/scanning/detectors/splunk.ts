import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, uuid } from './shape.ts';

const of = {
  provider: 'Splunk',
  family: 'monitoring',
  source: 'https://docs.splunk.com/Documentation/Splunk/latest/Data/UsetheHTTPEventCollector',
} as const;

export const splunk: readonly Detector[] = [
  keyed({
    ...of,
    id: 'splunk-hec-token',
    title: 'Splunk HTTP event collector token',
    keywords: ['splunk', 'hec'],
    value: uuid,
  }),
  keyed({
    ...of,
    id: 'splunk-access-token',
    title: 'Splunk observability access token',
    keywords: ['signalfx', 'splunk_access', 'sfx_'],
    value: chars('base64url', 22),
  }),
];
