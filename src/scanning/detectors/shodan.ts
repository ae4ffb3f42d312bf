import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Shodan', family: 'services', source: 'https://developer.shodan.io/api' } as const;

export const shodan: readonly Detector[] = [
  keyed({ ...of, id: 'shodan-api-key', title: 'Shodan API key', keywords: ['shodan'], value: chars('base62', 32) }),
];
