import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Replicate',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const replicate: readonly Detector[] = [
  token({
    ...of,
    id: 'replicate-api-token',
    title: 'Replicate API token',
    prefix: 'r8_',
    body: chars('base62', 37),
    seen: ['client = replicate.Client(api_token="{}")', 'curl -H "Authorization: Token {}" https://api.replicate.com/v1/models'],
  }),
];
