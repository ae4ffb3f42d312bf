import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Nixtla',
  family: 'ml-tooling',
  source: 'https://docs.nixtla.io/ (shape from practice, not published)',
} as const;

export const nixtla: readonly Detector[] = [
  token({
    ...of,
    id: 'nixtla-api-key',
    title: 'Nixtla API key',
    prefix: 'nixak-',
    body: chars('base62', 60, 80),
    seen: ['client = NixtlaClient(api_key="{}")'],
  }),
];
