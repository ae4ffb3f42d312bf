import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Alchemy', family: 'services', source: 'https://www.alchemy.com/docs/' } as const;

export const alchemy: readonly Detector[] = [
  keyed({ ...of, id: 'alchemy-api-key', title: 'Alchemy API key', keywords: ['alchemy'], value: chars('base64url', 32) }),
];
