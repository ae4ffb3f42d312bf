import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Spacelift', family: 'infrastructure', source: 'https://docs.spacelift.io/' } as const;

export const spacelift: readonly Detector[] = [
  keyed({
    ...of,
    id: 'spacelift-api-key-secret',
    title: 'Spacelift API key secret',
    keywords: ['spacelift'],
    value: chars('hex', 64),
  }),
];
