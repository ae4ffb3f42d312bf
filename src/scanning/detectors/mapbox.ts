import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Mapbox', family: 'services', source: 'https://docs.mapbox.com/accounts/guides/tokens/' } as const;

export const mapbox: readonly Detector[] = [
  token({
    ...of,
    id: 'mapbox-secret-token',
    title: 'Mapbox secret access token',
    prefix: 'sk.eyJ1Ijoi',
    body: seq(chars('base64url', 40, 160), '.', chars('base64url', 22)),
    notAfter: 'A-Za-z0-9_-',
  }),
];
