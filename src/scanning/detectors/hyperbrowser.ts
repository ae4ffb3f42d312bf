import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Hyperbrowser',
  family: 'ml-tooling',
  source: 'https://docs.hyperbrowser.ai/ (shape from practice, not published)',
} as const;

export const hyperbrowser: readonly Detector[] = [
  token({
    ...of,
    id: 'hyperbrowser-api-key',
    title: 'Hyperbrowser API key',
    prefix: 'hb_',
    body: chars('hex', 28, 40),
    confidence: 'medium',
    seen: ['HYPERBROWSER_API_KEY={}'],
  }),
];
