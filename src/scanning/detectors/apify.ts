import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Apify',
  family: 'ml-tooling',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const apify: readonly Detector[] = [
  token({
    ...of,
    id: 'apify-api-token',
    title: 'Apify API token',
    prefix: 'apify_api_',
    body: chars('base62', 34, 38),
    seen: ['client = ApifyClient("{}")'],
  }),
];
