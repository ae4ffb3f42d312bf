import { byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const postman: Verifier = {
  kind: 'postman',
  detectors: ['postman-api-key'],
  host: 'api.getpostman.com',
  ask: (value) => ({ path: '/me', headers: { 'x-api-key': value } }),
  read: byStatus,
  source: 'https://learning.postman.com/docs/developer/postman-api/',
};
