import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'HubSpot',
  family: 'services',
  source: 'https://developers.hubspot.com/docs/guides/apps/private-apps/overview',
} as const;

export const hubspot: readonly Detector[] = [
  token({ ...of, id: 'hubspot-private-app-token', title: 'HubSpot private app token', prefix: 'pat-na1-', body: uuid }),
  token({ ...of, id: 'hubspot-private-app-token-eu', title: 'HubSpot private app token (EU)', prefix: 'pat-eu1-', body: uuid }),
  keyed({ ...of, id: 'hubspot-api-key', title: 'HubSpot API key', keywords: ['hubspot', 'hapikey'], value: uuid }),
];
