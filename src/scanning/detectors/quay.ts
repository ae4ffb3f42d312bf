import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Quay', family: 'registries', source: 'https://docs.quay.io/glossary/robot-accounts.html' } as const;

export const quay: readonly Detector[] = [
  keyed({
    ...of,
    id: 'quay-robot-token',
    title: 'Quay robot account token',
    keywords: ['quay'],
    value: chars('upperBase36', 64),
  }),
];
