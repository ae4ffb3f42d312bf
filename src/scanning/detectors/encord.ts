import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Encord',
  family: 'ml-tooling',
  source: 'https://docs.encord.com/ (shape from practice, not published)',
} as const;

export const encord: readonly Detector[] = [
  keyed({
    ...of,
    id: 'encord-api-key',
    title: 'Encord API key',
    keywords: ['encord'],
    value: chars('base64url', 43),
    seen: ['ENCORD_API_KEY={}'],
  }),
];
