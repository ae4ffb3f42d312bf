import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Shippo',
  family: 'services',
  source: 'https://docs.goshippo.com/docs/guides_general/authentication/',
} as const;

export const shippo: readonly Detector[] = [
  token({ ...of, id: 'shippo-api-token', title: 'Shippo API token', prefix: 'shippo_live_', body: chars('hex', 40) }),
  token({
    ...of,
    id: 'shippo-test-api-token',
    title: 'Shippo test API token',
    prefix: 'shippo_test_',
    body: chars('hex', 40),
    confidence: 'medium',
  }),
];
