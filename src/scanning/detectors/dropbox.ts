import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Dropbox',
  family: 'services',
  source: 'https://www.dropbox.com/developers/reference/oauth-guide',
} as const;

export const dropbox: readonly Detector[] = [
  token({
    ...of,
    id: 'dropbox-access-token',
    title: 'Dropbox access token',
    prefix: 'sl.',
    body: chars('base64url', 130, 1300),
    notAfter: 'A-Za-z0-9_-',
  }),
];
