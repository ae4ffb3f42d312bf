import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Tabnine',
  family: 'ml-tooling',
  source: 'https://docs.tabnine.com/ (shape from practice, not published)',
} as const;

export const tabnine: readonly Detector[] = [
  keyed({
    ...of,
    id: 'tabnine-token',
    title: 'Tabnine token',
    keywords: ['tabnine'],
    value: chars('hex', 64),
    seen: ['TABNINE_TOKEN={}'],
  }),
];
