import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Segmind',
  family: 'ml-providers',
  source: 'https://docs.segmind.com/ (shape from practice, not published)',
} as const;

export const segmind: readonly Detector[] = [
  token({
    ...of,
    id: 'segmind-api-key',
    title: 'Segmind API key',
    prefix: 'SG_',
    body: chars('hex', 16),
    seen: ['headers = {"x-api-key": "{}"}'],
  }),
];
