import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Determined AI',
  family: 'ml-tooling',
  source: 'https://docs.determined.ai/ (shape from practice, not published)',
} as const;

export const determined: readonly Detector[] = [
  keyed({
    ...of,
    id: 'determined-token',
    title: 'Determined AI token',
    keywords: ['det_user_token', 'determined_ai', 'determined_token'],
    value: seq('v2.public.', chars('base64url', 80, 400)),
    seen: ['DET_USER_TOKEN={}'],
  }),
];
