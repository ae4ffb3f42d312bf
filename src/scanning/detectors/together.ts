import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Together AI',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const together: readonly Detector[] = [
  token({
    ...of,
    id: 'together-api-key',
    title: 'Together AI API key',
    prefix: 'tgp_v1_',
    body: chars('base64url', 43),
    notAfter: 'A-Za-z0-9_-',
    seen: ['client = Together(api_key="{}")'],
  }),
  keyed({
    ...of,
    id: 'together-legacy-key',
    title: 'Together AI key (first form)',
    keywords: ['together_api', 'together_ai', 'togetherai', 'together_key', 'api.together', 'together('],
    value: chars('hex', 64),
    source: 'https://docs.together.ai/ (shape from practice, not published)',
    seen: ['together.api_key = "{}"', 'client = Together(api_key="{}")', 'TOGETHER_API_KEY={}'],
    unseen: ['put together with sha256: {}'],
  }),
];
