import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Infisical',
  family: 'infrastructure',
  source: 'https://infisical.com/docs/documentation/platform/token',
} as const;

export const infisical: readonly Detector[] = [
  token({
    ...of,
    id: 'infisical-service-token',
    title: 'Infisical service token',
    prefix: 'st.',
    body: seq(chars('hex', 24), '.', chars('hex', 32), '.', chars('hex', 32)),
  }),
];
