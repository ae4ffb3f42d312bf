import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Typesense', family: 'databases', source: 'https://typesense.org/docs/' } as const;

export const typesense: readonly Detector[] = [
  keyed({ ...of, id: 'typesense-api-key', title: 'Typesense API key', keywords: ['typesense'], value: chars('base62', 32) }),
];
