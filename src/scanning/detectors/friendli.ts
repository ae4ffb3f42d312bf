import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'FriendliAI',
  family: 'ml-providers',
  source: 'https://friendli.ai/docs/ (shape from practice, not published)',
} as const;

export const friendli: readonly Detector[] = [
  token({
    ...of,
    id: 'friendli-token',
    title: 'Friendli token',
    prefix: 'flp_',
    body: chars('base62', 40, 56),
    seen: ['client = Friendli(token="{}")'],
  }),
];
