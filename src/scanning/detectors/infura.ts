import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Infura', family: 'services', source: 'https://docs.metamask.io/services/' } as const;

export const infura: readonly Detector[] = [
  keyed({ ...of, id: 'infura-api-key', title: 'Infura API key', keywords: ['infura'], value: chars('hex', 32) }),
];
