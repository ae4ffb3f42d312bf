import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Netlify', family: 'clouds', source: 'https://docs.netlify.com/api/get-started/' } as const;

export const netlify: readonly Detector[] = [
  token({
    ...of,
    id: 'netlify-personal-access-token',
    title: 'Netlify personal access token',
    prefix: 'nfp_',
    body: chars('base62', 36),
  }),
  token({ ...of, id: 'netlify-oauth-token', title: 'Netlify OAuth token', prefix: 'nfo_', body: chars('base62', 36) }),
  token({ ...of, id: 'netlify-cli-token', title: 'Netlify command line token', prefix: 'nfc_', body: chars('base62', 36) }),
  keyed({
    ...of,
    id: 'netlify-legacy-token',
    title: 'Netlify access token (legacy)',
    keywords: ['netlify'],
    value: chars('base64url', 40, 46),
  }),
];
