import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { uuid } from './shape.ts';

const of = {
  provider: 'Gladia',
  family: 'ml-providers',
  source: 'https://docs.gladia.io/ (shape from practice, not published)',
} as const;

export const gladia: readonly Detector[] = [
  keyed({
    ...of,
    id: 'gladia-api-key',
    title: 'Gladia API key',
    keywords: ['gladia'],
    value: uuid,
    seen: ['headers = {"x-gladia-key": "{}"}'],
  }),
];
