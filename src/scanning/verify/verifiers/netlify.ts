import { bearer, byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const netlify: Verifier = {
  kind: 'netlify',
  detectors: ['netlify-personal-access-token'],
  host: 'api.netlify.com',
  ask: (value) => ({ path: '/api/v1/user', headers: bearer(value) }),
  read: byStatus,
  source: 'https://open-api.netlify.com/',
};
