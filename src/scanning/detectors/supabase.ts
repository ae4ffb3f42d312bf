import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Supabase', family: 'clouds', source: 'https://supabase.com/docs/guides/api/api-keys' } as const;

export const supabase: readonly Detector[] = [
  token({
    ...of,
    id: 'supabase-management-token',
    title: 'Supabase management token',
    prefix: 'sbp_',
    body: chars('base36', 40),
  }),
  token({
    ...of,
    id: 'supabase-oauth-token',
    title: 'Supabase OAuth access token',
    prefix: 'sbp_oauth_',
    body: chars('hex', 40),
  }),
  token({
    ...of,
    id: 'supabase-secret-key',
    title: 'Supabase project secret key',
    prefix: 'sb_secret_',
    body: chars('base64url', 31, 40),
    notAfter: 'A-Za-z0-9_-',
  }),
];
