import { bearer, byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const replicate: Verifier = {
  kind: 'replicate',
  detectors: ['replicate-api-token'],
  host: 'api.replicate.com',
  ask: (value) => ({ path: '/v1/account', headers: bearer(value) }),
  read: byStatus,
  source: 'https://replicate.com/docs/reference/http#account.get',
};
