import { bearer, byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const huggingFace: Verifier = {
  kind: 'hugging-face',
  detectors: ['hugging-face-access-token'],
  host: 'huggingface.co',
  ask: (value) => ({ path: '/api/whoami-v2', headers: bearer(value) }),
  read: byStatus,
  source: 'https://huggingface.co/docs/hub/security-tokens',
};
