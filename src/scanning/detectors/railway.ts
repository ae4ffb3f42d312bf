import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = { provider: 'Railway', family: 'clouds', source: 'https://docs.railway.com/reference/public-api' } as const;

export const railway: readonly Detector[] = [
  keyed({ ...of, id: 'railway-token', title: 'Railway API token', keywords: ['railway'], value: uuid }),
];
