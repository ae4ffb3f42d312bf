import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Equinix Metal',
  family: 'clouds',
  source: 'https://deploy.equinix.com/developers/docs/metal/identity-access-management/api-keys/',
} as const;

export const equinixMetal: readonly Detector[] = [
  keyed({
    ...of,
    id: 'equinix-metal-auth-token',
    title: 'Equinix Metal API key',
    keywords: ['equinix', 'packet_auth', 'metal_auth'],
    value: chars('base62', 32),
  }),
];
