import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Semaphore', family: 'continuous-integration', source: 'https://docs.semaphoreci.com/' } as const;

export const semaphore: readonly Detector[] = [
  keyed({ ...of, id: 'semaphore-api-token', title: 'Semaphore API token', keywords: ['semaphore'], value: chars('base62', 20) }),
];
