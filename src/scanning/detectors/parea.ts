import type { Detector } from '../detector.ts';
import { chars, optional, seq, uuid } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Parea AI',
  family: 'ml-tooling',
  source: 'https://docs.parea.ai/ (shape from practice, not published)',
} as const;

export const parea: readonly Detector[] = [
  token({
    ...of,
    id: 'parea-api-key',
    title: 'Parea API key',
    prefix: 'pai-',
    body: seq(uuid, optional(seq('-', chars('base36', 4, 12)))),
    notAfter: 'A-Za-z0-9_-',
    seen: ['p = Parea(api_key="{}")'],
  }),
];
