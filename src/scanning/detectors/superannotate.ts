import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, optional, seq } from './shape.ts';

const of = {
  provider: 'SuperAnnotate',
  family: 'ml-tooling',
  source: 'https://doc.superannotate.com/ (shape from practice, not published)',
} as const;

export const superannotate: readonly Detector[] = [
  keyed({
    ...of,
    id: 'superannotate-token',
    title: 'SuperAnnotate token',
    keywords: ['superannotate', 'sa_token'],
    value: seq(chars('hex', 32, 128), optional(seq('t=', chars('digits', 3, 6)))),
    seen: ['SA_TOKEN={}'],
  }),
];
