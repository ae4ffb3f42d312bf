import { bearer, byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const digitalocean: Verifier = {
  kind: 'digitalocean',
  detectors: ['digitalocean-personal-access-token', 'digitalocean-oauth-token'],
  host: 'api.digitalocean.com',
  ask: (value) => ({ path: '/v2/account', headers: bearer(value) }),
  read: byStatus,
  source: 'https://docs.digitalocean.com/reference/api/reference/account/',
};
