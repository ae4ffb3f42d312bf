import { bearer, byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const groq: Verifier = {
  kind: 'groq',
  detectors: ['groq-api-key'],
  host: 'api.groq.com',
  ask: (value) => ({ path: '/openai/v1/models', headers: bearer(value) }),
  read: byStatus,
  source: 'https://console.groq.com/docs/api-reference#models-list',
};
