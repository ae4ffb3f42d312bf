import type { Detector } from '../detector.ts';
import { chars, optional, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Tailscale', family: 'infrastructure', source: 'https://tailscale.com/kb/1101/api' } as const;

export const tailscale: readonly Detector[] = [
  token({
    ...of,
    id: 'tailscale-api-key',
    title: 'Tailscale API key',
    prefix: 'tskey-api-',
    body: seq(chars('base62', 10, 20), optional(seq('-', chars('base62', 10, 40)))),
  }),
  token({
    ...of,
    id: 'tailscale-auth-key',
    title: 'Tailscale auth key',
    prefix: 'tskey-auth-',
    body: seq(chars('base62', 10, 20), '-', chars('base62', 10, 40)),
  }),
  token({
    ...of,
    id: 'tailscale-oauth-secret',
    title: 'Tailscale OAuth client secret',
    prefix: 'tskey-client-',
    body: seq(chars('base62', 10, 20), '-', chars('base62', 10, 40)),
  }),
  token({
    ...of,
    id: 'tailscale-scim-key',
    title: 'Tailscale SCIM key',
    prefix: 'tskey-scim-',
    body: seq(chars('base62', 10, 20), '-', chars('base62', 10, 40)),
  }),
];
