import { bearer, byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const xai: Verifier = {
  kind: 'xai',
  detectors: ['xai-api-key'],
  host: 'api.x.ai',
  ask: (value) => ({ path: '/v1/api-key', headers: bearer(value) }),
  read: byStatus,
  source: 'https://docs.x.ai/docs/api-reference',
};
