import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Instagram',
  family: 'services',
  source: 'https://developers.facebook.com/docs/instagram-platform/',
} as const;

export const instagram: readonly Detector[] = [
  token({
    ...of,
    id: 'instagram-access-token',
    title: 'Instagram access token',
    prefix: 'IGQV',
    body: chars('base64url', 120, 200),
    notAfter: 'A-Za-z0-9_-',
  }),
];
