import { bearer, byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const neon: Verifier = {
  kind: 'neon',
  detectors: ['neon-api-key'],
  host: 'console.neon.tech',
  ask: (value) => ({ path: '/api/v2/users/me', headers: bearer(value) }),
  read: byStatus,
  source: 'https://api-docs.neon.tech/reference/getcurrentuserinfo',
};
