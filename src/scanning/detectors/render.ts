import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Render', family: 'clouds', source: 'https://render.com/docs/api' } as const;

export const render: readonly Detector[] = [
  token({ ...of, id: 'render-api-key', title: 'Render API key', prefix: 'rnd_', body: chars('base62', 28, 32) }),
];
