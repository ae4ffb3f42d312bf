import type { Detector } from '../detector.ts';
import { uuid } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Murf AI',
  family: 'ml-providers',
  source: 'https://murf.ai/api/docs/ (shape from practice, not published)',
} as const;

export const murf: readonly Detector[] = [
  token({
    ...of,
    id: 'murf-api-key',
    title: 'Murf AI API key',
    prefix: 'ap2_',
    body: uuid,
    notAfter: 'A-Za-z0-9_-',
    seen: ['client = Murf(api_key="{}")'],
  }),
];
