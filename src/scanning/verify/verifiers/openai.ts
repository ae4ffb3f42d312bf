import { bearer, byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const openai: Verifier = {
  kind: 'openai',
  detectors: ['openai-project-key', 'openai-api-key', 'openai-service-account-key'],
  host: 'api.openai.com',
  ask: (value) => ({ path: '/v1/models', headers: bearer(value) }),
  read: byStatus,
  source: 'https://platform.openai.com/docs/api-reference/models/list',
};
