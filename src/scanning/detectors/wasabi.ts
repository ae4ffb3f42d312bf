import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Wasabi',
  family: 'clouds',
  source: 'https://docs.wasabi.com/docs/creating-a-user-account-and-access-key',
} as const;

export const wasabi: readonly Detector[] = [
  keyed({ ...of, id: 'wasabi-secret-key', title: 'Wasabi secret key', keywords: ['wasabi'], value: chars('base62', 40) }),
];
