import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Arcade',
  family: 'ml-tooling',
  source: 'https://docs.arcade.dev/ (shape from practice, not published)',
} as const;

export const arcade: readonly Detector[] = [
  token({
    ...of,
    id: 'arcade-api-key',
    title: 'Arcade API key',
    prefix: 'arc_',
    body: chars('base62', 40, 100),
    confidence: 'medium',
    seen: ['client = Arcade(api_key="{}")'],
    unseen: ['arc_length_parametrization'],
  }),
];
