import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Bird', family: 'messaging', source: 'https://developers.messagebird.com/' } as const;

export const messagebird: readonly Detector[] = [
  keyed({ ...of, id: 'messagebird-access-key', title: 'Bird access key', keywords: ['messagebird'], value: chars('base62', 25) }),
];
