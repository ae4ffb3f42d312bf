import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Meshy',
  family: 'ml-providers',
  source: 'https://docs.meshy.ai/ (shape from practice, not published)',
} as const;

export const meshy: readonly Detector[] = [
  token({
    ...of,
    id: 'meshy-api-key',
    title: 'Meshy API key',
    prefix: 'msy_',
    body: chars('base62', 32, 48),
    seen: ['MESHY_API_KEY={}'],
  }),
];
