import { bearer, byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const notion: Verifier = {
  kind: 'notion',
  detectors: ['notion-integration-token'],
  host: 'api.notion.com',
  ask: (value) => ({ path: '/v1/users/me', headers: { ...bearer(value), 'notion-version': '2022-06-28' } }),
  read: byStatus,
  source: 'https://developers.notion.com/reference/get-self',
};
