import { byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const anthropic: Verifier = {
  kind: 'anthropic',
  detectors: ['anthropic-api-key'],
  host: 'api.anthropic.com',
  ask: (value) => ({ path: '/v1/models', headers: { 'x-api-key': value, 'anthropic-version': '2023-06-01' } }),
  read: byStatus,
  source: 'https://docs.claude.com/en/api/models-list',
};
