import { bearer, byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const airtable: Verifier = {
  kind: 'airtable',
  detectors: ['airtable-personal-access-token'],
  host: 'api.airtable.com',
  ask: (value) => ({ path: '/v0/meta/whoami', headers: bearer(value) }),
  read: byStatus,
  source: 'https://airtable.com/developers/web/api/get-user-id-scopes',
};
