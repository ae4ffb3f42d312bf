import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'ZeroTier', family: 'infrastructure', source: 'https://docs.zerotier.com/api/tokens/' } as const;

export const zerotier: readonly Detector[] = [
  keyed({ ...of, id: 'zerotier-api-token', title: 'ZeroTier API token', keywords: ['zerotier'], value: chars('base62', 32) }),
];
