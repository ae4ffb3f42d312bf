import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Argilla',
  family: 'ml-tooling',
  source: 'https://docs.argilla.io/ (shape from practice, not published)',
} as const;

export const argilla: readonly Detector[] = [
  keyed({
    ...of,
    id: 'argilla-api-key',
    title: 'Argilla API key',
    keywords: ['argilla'],
    value: chars('base64url', 60, 90),
    seen: ['ARGILLA_API_KEY={}'],
  }),
];
