import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'DigitalOcean',
  family: 'clouds',
  source: 'https://docs.digitalocean.com/reference/api/create-personal-access-token/',
} as const;

export const digitalocean: readonly Detector[] = [
  token({
    ...of,
    id: 'digitalocean-personal-access-token',
    title: 'DigitalOcean personal access token',
    prefix: 'dop_v1_',
    body: chars('hex', 64),
  }),
  token({
    ...of,
    id: 'digitalocean-oauth-token',
    title: 'DigitalOcean OAuth access token',
    prefix: 'doo_v1_',
    body: chars('hex', 64),
  }),
  token({
    ...of,
    id: 'digitalocean-refresh-token',
    title: 'DigitalOcean OAuth refresh token',
    prefix: 'dor_v1_',
    body: chars('hex', 64),
  }),
  keyed({
    ...of,
    id: 'digitalocean-spaces-secret-key',
    title: 'DigitalOcean Spaces secret key',
    keywords: ['do_spaces', 'spaces_secret', 'digitalocean_spaces'],
    value: chars('base64', 43),
  }),
];
