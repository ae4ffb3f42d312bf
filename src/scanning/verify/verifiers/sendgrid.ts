import { bearer, byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const sendgrid: Verifier = {
  kind: 'sendgrid',
  detectors: ['sendgrid-api-key'],
  host: 'api.sendgrid.com',
  ask: (value) => ({ path: '/v3/scopes', headers: bearer(value) }),
  read: byStatus,
  source: 'https://www.twilio.com/docs/sendgrid/api-reference/api-key-permissions',
};
