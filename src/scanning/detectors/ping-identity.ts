import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Ping Identity', family: 'services', source: 'https://docs.pingidentity.com/' } as const;

export const pingIdentity: readonly Detector[] = [
  keyed({
    ...of,
    id: 'ping-identity-client-secret',
    title: 'Ping Identity client secret',
    keywords: ['pingone', 'ping_client', 'pingfederate'],
    value: chars('base64url', 64),
  }),
];
