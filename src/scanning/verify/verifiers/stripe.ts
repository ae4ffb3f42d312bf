import { byStatus } from '../by-status.ts';
import type { Verifier } from '../verifier.ts';

export const stripe: Verifier = {
  kind: 'stripe',
  detectors: ['stripe-secret-key', 'stripe-test-secret-key'],
  host: 'api.stripe.com',
  ask: (value) => ({
    path: '/v1/account',
    headers: { authorization: `Basic ${Buffer.from(`${value}:`).toString('base64')}` },
  }),
  read: byStatus,
  source: 'https://docs.stripe.com/api/accounts/retrieve',
};
