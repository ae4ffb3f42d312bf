import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Figma',
  family: 'services',
  source: 'https://developers.figma.com/docs/rest-api/authentication/',
} as const;

export const figma: readonly Detector[] = [
  token({
    ...of,
    id: 'figma-personal-access-token',
    title: 'Figma personal access token',
    prefix: 'figd_',
    body: chars('base64url', 38, 44),
    notAfter: 'A-Za-z0-9_-',
  }),
];
