import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Plivo', family: 'messaging', source: 'https://www.plivo.com/docs/' } as const;

export const plivo: readonly Detector[] = [
  keyed({ ...of, id: 'plivo-auth-token', title: 'Plivo auth token', keywords: ['plivo'], value: chars('base62', 40) }),
];
