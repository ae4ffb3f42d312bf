import { byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const figma: Verifier = {
  kind: 'figma',
  detectors: ['figma-personal-access-token'],
  host: 'api.figma.com',
  ask: (value) => ({ path: '/v1/me', headers: { 'x-figma-token': value } }),
  read: byStatus,
  source: 'https://developers.figma.com/docs/rest-api/users-endpoints/',
};
