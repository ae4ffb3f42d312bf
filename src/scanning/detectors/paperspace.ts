import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Paperspace',
  family: 'ml-tooling',
  source: 'https://docs.digitalocean.com/reference/paperspace/ (shape from practice, not published)',
} as const;

export const paperspace: readonly Detector[] = [
  keyed({
    ...of,
    id: 'paperspace-api-key',
    title: 'Paperspace API key',
    keywords: ['paperspace', 'gradient_api'],
    value: chars('hex', 30, 32),
    seen: ['gradient apiKey x\nPAPERSPACE_API_KEY={}'],
  }),
];
