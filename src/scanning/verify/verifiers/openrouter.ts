import { bearer, byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const openrouter: Verifier = {
  kind: 'openrouter',
  detectors: ['openrouter-api-key'],
  host: 'openrouter.ai',
  ask: (value) => ({ path: '/api/v1/key', headers: bearer(value) }),
  read: byStatus,
  source: 'https://openrouter.ai/docs/api-reference/api-keys/get-current-api-key',
};
