import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, optional, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'X', family: 'services', source: 'https://docs.x.com/fundamentals/authentication/overview' } as const;

export const xTwitter: readonly Detector[] = [
  token({
    ...of,
    id: 'x-twitter-bearer-token',
    title: 'X bearer token',
    prefix: 'AAAAAAAAAAAAAAAAAAAAA',
    body: seq(
      chars('base62', 5, 30),
      optional('%3D'),
      chars({ of: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789%' }, 60, 90),
    ),
  }),
  keyed({
    ...of,
    id: 'x-twitter-consumer-secret',
    title: 'X consumer secret',
    keywords: ['twitter'],
    value: chars('base62', 50),
  }),
  keyed({
    ...of,
    id: 'x-twitter-access-token-secret',
    title: 'X access token secret',
    keywords: ['twitter'],
    value: chars('base62', 45),
  }),
];
