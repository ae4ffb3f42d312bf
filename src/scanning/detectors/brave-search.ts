import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Brave Search',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const braveSearch: readonly Detector[] = [
  keyed({
    ...of,
    id: 'brave-search-api-key',
    title: 'Brave Search API key',
    keywords: ['brave', 'x_subscription_token'],
    value: seq('BSA', chars('base64url', 24, 40)),
    seen: ['headers = {"X-Subscription-Token": "{}"}', '"env": {\n  "BRAVE_API_KEY": "{}"\n}'],
  }),
];
