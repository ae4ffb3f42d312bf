import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Devin',
  family: 'ml-tooling',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

const lowerBase32 = chars({ of: 'abcdefghijklmnopqrstuvwxyz234567' }, 52);

export const devin: readonly Detector[] = [
  token({
    ...of,
    id: 'devin-service-token',
    title: 'Devin service user token',
    prefix: 'cog_',
    body: lowerBase32,
    seen: ['DEVIN_API_KEY={}'],
  }),
  token({
    ...of,
    id: 'devin-api-key',
    title: 'Devin personal API key',
    prefix: 'apk_user_',
    body: chars('base64', 40, 160),
    confidence: 'medium',
    source: 'https://docs.devin.ai/ (shape from practice, not published)',
    seen: ['DEVIN_API_KEY={}'],
  }),
];
