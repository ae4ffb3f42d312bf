import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Weaviate',
  family: 'ml-tooling',
  source: 'https://docs.weaviate.io/ (shape from practice, not published)',
} as const;

export const weaviate: readonly Detector[] = [
  keyed({
    ...of,
    id: 'weaviate-api-key',
    title: 'Weaviate API key',
    keywords: ['weaviate', 'wcs_api', 'wcd_api'],
    value: chars('base62', 36, 60),
    seen: [
      'auth_client_secret=weaviate.AuthApiKey(api_key="{}")',
      'client = weaviate.connect_to_wcs(cluster_url=url, auth_credentials=weaviate.auth.AuthApiKey("{}"))',
    ],
  }),
];
