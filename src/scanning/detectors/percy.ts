import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Percy', family: 'continuous-integration', source: 'https://www.browserstack.com/docs/percy/' } as const;

export const percy: readonly Detector[] = [
  keyed({ ...of, id: 'percy-token', title: 'Percy project token', keywords: ['percy'], value: chars('hex', 64) }),
];
