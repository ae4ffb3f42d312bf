import { byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const elevenlabs: Verifier = {
  kind: 'elevenlabs',
  detectors: ['elevenlabs-api-key'],
  host: 'api.elevenlabs.io',
  ask: (value) => ({ path: '/v1/user', headers: { 'xi-api-key': value } }),
  read: byStatus,
  source: 'https://elevenlabs.io/docs/api-reference/user/get',
};
