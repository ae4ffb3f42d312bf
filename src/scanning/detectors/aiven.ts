import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Aiven',
  family: 'databases',
  source: 'https://aiven.io/docs/platform/concepts/authentication-tokens',
} as const;

export const aiven: readonly Detector[] = [
  token({
    ...of,
    id: 'aiven-service-password',
    title: 'Aiven service password',
    prefix: 'AVNS_',
    body: chars('base64url', 19),
    notAfter: 'A-Za-z0-9_-',
  }),
  keyed({ ...of, id: 'aiven-api-token', title: 'Aiven API token', keywords: ['aiven'], value: chars('base64', 300, 400) }),
];
