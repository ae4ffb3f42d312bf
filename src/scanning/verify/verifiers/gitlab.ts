import { byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const gitlab: Verifier = {
  kind: 'gitlab',
  detectors: ['gitlab-personal-access-token'],
  host: 'gitlab.com',
  ask: (value) => ({ path: '/api/v4/personal_access_tokens/self', headers: { 'private-token': value } }),
  read: byStatus,
  source: 'https://docs.gitlab.com/api/personal_access_tokens/',
};
