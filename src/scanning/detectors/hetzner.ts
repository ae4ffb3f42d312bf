import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Hetzner', family: 'clouds', source: 'https://docs.hetzner.cloud/' } as const;

export const hetzner: readonly Detector[] = [
  keyed({
    ...of,
    id: 'hetzner-api-token',
    title: 'Hetzner Cloud API token',
    keywords: ['hcloud', 'hetzner'],
    value: chars('base62', 64),
  }),
];
