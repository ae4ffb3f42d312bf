import type { Detector } from '../detector.ts';
import { uuid } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'LaunchDarkly', family: 'services', source: 'https://docs.launchdarkly.com/home/account/api' } as const;

export const launchdarkly: readonly Detector[] = [
  token({ ...of, id: 'launchdarkly-access-token', title: 'LaunchDarkly API access token', prefix: 'api-', body: uuid }),
  token({ ...of, id: 'launchdarkly-sdk-key', title: 'LaunchDarkly SDK key', prefix: 'sdk-', body: uuid }),
];
