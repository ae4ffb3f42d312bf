import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'PlanetScale',
  family: 'databases',
  source: 'https://planetscale.com/docs/concepts/service-tokens',
} as const;

export const planetscale: readonly Detector[] = [
  token({
    ...of,
    id: 'planetscale-password',
    title: 'PlanetScale database password',
    prefix: 'pscale_pw_',
    body: chars('base64url', 32, 64),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'planetscale-service-token',
    title: 'PlanetScale service token',
    prefix: 'pscale_tkn_',
    body: chars('base64url', 32, 64),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'planetscale-oauth-token',
    title: 'PlanetScale OAuth token',
    prefix: 'pscale_oauth_',
    body: chars('base64url', 32, 64),
    notAfter: 'A-Za-z0-9_-',
  }),
];
