import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'SerpApi',
  family: 'ml-providers',
  source: 'https://serpapi.com/ (shape from practice, not published)',
} as const;

export const serpapi: readonly Detector[] = [
  keyed({
    ...of,
    id: 'serpapi-api-key',
    title: 'SerpApi key',
    keywords: ['serpapi', 'serp_api'],
    value: chars('hex', 64),
    seen: [
      'https://serpapi.com/search.json?q=coffee&api_key={}',
      'search = GoogleSearch({"q": "x", "serp_api_key": "{}"})',
      'SerpAPIWrapper(serpapi_api_key="{}")',
    ],
  }),
];
