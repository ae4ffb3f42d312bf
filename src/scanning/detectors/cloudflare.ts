import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Cloudflare',
  family: 'clouds',
  source: 'https://developers.cloudflare.com/fundamentals/api/get-started/create-token/',
} as const;

export const cloudflare: readonly Detector[] = [
  token({
    ...of,
    id: 'cloudflare-user-token',
    title: 'Cloudflare user API token',
    prefix: 'cfut_',
    body: chars('base62', 40, 60),
  }),
  token({
    ...of,
    id: 'cloudflare-account-token',
    title: 'Cloudflare account API token',
    prefix: 'cfat_',
    body: chars('base62', 40, 60),
  }),
  token({
    ...of,
    id: 'cloudflare-origin-ca-key',
    title: 'Cloudflare Origin CA key',
    prefix: 'v1.0-',
    body: seq(chars('hex', 24), '-', chars('hex', 146)),
  }),
  keyed({
    ...of,
    id: 'cloudflare-api-token',
    title: 'Cloudflare API token',
    keywords: ['cloudflare', 'cf_api', 'cf_token', 'cloudflare_api'],
    value: chars('base64url', 40),
  }),
  keyed({
    ...of,
    id: 'cloudflare-global-api-key',
    title: 'Cloudflare global API key',
    keywords: ['cloudflare', 'cf_api', 'cf_key'],
    value: chars('hex', 37),
  }),
];
