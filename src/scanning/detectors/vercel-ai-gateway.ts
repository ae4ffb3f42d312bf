import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Vercel',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const vercelAiGateway: readonly Detector[] = [
  token({
    ...of,
    id: 'vercel-ai-gateway-key',
    title: 'Vercel AI Gateway key',
    prefix: 'vck_',
    body: chars('base64url', 56),
    notAfter: 'A-Za-z0-9_-',
    seen: ['AI_GATEWAY_API_KEY={}'],
  }),
];
