import { bearer, byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const github: Verifier = {
  kind: 'github',
  detectors: ['github-personal-access-token', 'github-oauth-token', 'github-user-token', 'github-fine-grained-token'],
  host: 'api.github.com',
  ask: (value) => ({ path: '/user', headers: { ...bearer(value), accept: 'application/vnd.github+json' } }),
  read: byStatus,
  source: 'https://docs.github.com/en/rest/users/users#get-the-authenticated-user',
};
