import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Meta',
  family: 'services',
  source: 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens/',
} as const;

export const facebook: readonly Detector[] = [
  token({
    ...of,
    id: 'facebook-access-token',
    title: 'Meta access token',
    prefix: 'EAA',
    body: seq(chars('base62', 80, 240)),
    confidence: 'medium',
  }),
  keyed({
    ...of,
    id: 'facebook-app-secret',
    title: 'Meta app secret',
    keywords: ['facebook', 'fb_app', 'meta_app'],
    value: chars('hex', 32),
  }),
];
