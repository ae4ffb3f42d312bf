import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'MiniMax',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const minimax: readonly Detector[] = [
  token({
    ...of,
    id: 'minimax-api-key',
    title: 'MiniMax API key',
    prefix: 'sk-api-',
    body: chars('base64url', 119),
    notAfter: 'A-Za-z0-9_-',
    seen: ['MINIMAX_API_KEY={}'],
  }),
  token({
    ...of,
    id: 'minimax-coding-plan-key',
    title: 'MiniMax coding plan key',
    prefix: 'sk-cp-',
    body: chars('base64url', 80, 130),
    notAfter: 'A-Za-z0-9_-',
    source: 'https://platform.minimax.io/docs/ (shape from practice, not published)',
    seen: ['ANTHROPIC_AUTH_TOKEN={}'],
  }),
];
