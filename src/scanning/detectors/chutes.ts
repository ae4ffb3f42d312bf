import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Chutes',
  family: 'ml-providers',
  source: 'https://chutes.ai/docs/ (shape from practice, not published)',
} as const;

export const chutes: readonly Detector[] = [
  token({
    ...of,
    id: 'chutes-api-key',
    title: 'Chutes API key',
    prefix: 'cpk_',
    body: seq(chars('hex', 32), '.', chars('hex', 32), '.', chars('base62', 32)),
    seen: ['CHUTES_API_KEY={}'],
  }),
];
