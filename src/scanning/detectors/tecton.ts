import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Tecton',
  family: 'ml-tooling',
  source: 'https://docs.tecton.ai/ (shape from practice, not published)',
} as const;

export const tecton: readonly Detector[] = [
  keyed({
    ...of,
    id: 'tecton-api-key',
    title: 'Tecton API key',
    keywords: ['tecton'],
    value: chars('hex', 32),
    seen: ['TECTON_API_KEY={}', 'headers={"Authorization": "Tecton-key {}"}'],
  }),
];
