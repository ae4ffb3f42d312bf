import type { Detector } from '../detector.ts';
import { chars, optional, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Fly.io', family: 'clouds', source: 'https://fly.io/docs/security/tokens/' } as const;

export const flyIo: readonly Detector[] = [
  token({
    ...of,
    id: 'fly-io-access-token',
    title: 'Fly.io access token',
    prefix: 'fm2_',
    body: seq(chars('base64', 100, 1200), optional('==')),
    notAfter: 'A-Za-z0-9+/',
  }),
  token({
    ...of,
    id: 'fly-io-personal-token',
    title: 'Fly.io personal access token',
    prefix: 'fo1_',
    body: chars('base64url', 43),
    notAfter: 'A-Za-z0-9_-',
  }),
];
