import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'DVC Studio',
  family: 'ml-tooling',
  source: 'https://dvc.org/doc/studio (shape from practice, not published)',
} as const;

export const dvc: readonly Detector[] = [
  token({
    ...of,
    id: 'dvc-studio-token',
    title: 'DVC Studio token',
    prefix: 'isat_',
    body: chars('base62', 40, 60),
    seen: ['dvc config --global studio.token {}'],
  }),
  keyed({
    ...of,
    id: 'dvc-studio-legacy-token',
    title: 'DVC Studio token (first form)',
    keywords: ['dvc_studio', 'iterative_studio', 'dvc_token'],
    value: chars('base62', 40, 60),
    seen: ['DVC_STUDIO_TOKEN={}'],
  }),
];
