import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Rancher',
  family: 'infrastructure',
  source: 'https://ranchermanager.docs.rancher.com/api/api-tokens',
} as const;

export const rancher: readonly Detector[] = [
  keyed({
    ...of,
    id: 'rancher-api-token',
    title: 'Rancher API token',
    keywords: ['rancher'],
    value: seq('token-', chars('base36', 5), ':', chars('base36', 54)),
  }),
];
