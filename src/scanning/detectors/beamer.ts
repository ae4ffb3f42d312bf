import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'Beamer', family: 'services', source: 'https://www.getbeamer.com/api' } as const;

export const beamer: readonly Detector[] = [
  keyed({ ...of, id: 'beamer-api-key', title: 'Beamer API key', keywords: ['beamer'], value: seq('b_', chars('base64url', 44)) }),
];
