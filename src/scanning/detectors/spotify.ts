import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Spotify',
  family: 'services',
  source: 'https://developer.spotify.com/documentation/web-api/concepts/apps',
} as const;

export const spotify: readonly Detector[] = [
  keyed({ ...of, id: 'spotify-client-secret', title: 'Spotify client secret', keywords: ['spotify'], value: chars('hex', 32) }),
];
