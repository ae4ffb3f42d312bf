import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'SparkPost', family: 'messaging', source: 'https://developers.sparkpost.com/api/' } as const;

export const sparkpost: readonly Detector[] = [
  keyed({ ...of, id: 'sparkpost-api-key', title: 'SparkPost API key', keywords: ['sparkpost'], value: chars('hex', 40) }),
];
