import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Giskard',
  family: 'ml-tooling',
  source: 'https://docs.giskard.ai/ (shape from practice, not published)',
} as const;

export const giskard: readonly Detector[] = [
  token({
    ...of,
    id: 'giskard-api-key',
    title: 'Giskard API key',
    prefix: 'gsk-',
    body: chars('hex', 64),
    seen: ['GISKARD_API_KEY={}'],
  }),
];
