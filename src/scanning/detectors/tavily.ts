import type { Detector } from '../detector.ts';
import { chars, either, optional, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Tavily',
  family: 'ml-providers',
  source: 'https://github.com/praetorian-inc/noseyparker/tree/main/crates/noseyparker/data/default/builtin/rules',
} as const;

export const tavily: readonly Detector[] = [
  token({
    ...of,
    id: 'tavily-api-key',
    title: 'Tavily API key',
    prefix: 'tvly-',
    body: seq(optional(either('dev-', 'prod-')), chars('base62', 32)),
    notAfter: 'A-Za-z0-9_-',
    seen: ['TavilySearchResults(tavily_api_key="{}")', 'TavilyClient("{}")'],
  }),
];
