import type { Detector } from '../detector.ts';
import { chars, optional, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Intercom',
  family: 'services',
  source: 'https://developers.intercom.com/docs/build-an-integration/learn-more/authentication/',
} as const;

export const intercom: readonly Detector[] = [
  token({
    ...of,
    id: 'intercom-access-token',
    title: 'Intercom access token',
    prefix: 'dG9rOj',
    body: seq(chars('base64', 48, 60), optional('=')),
    notAfter: 'A-Za-z0-9+/',
  }),
];
