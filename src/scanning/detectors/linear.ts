import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Linear', family: 'services', source: 'https://linear.app/developers/graphql' } as const;

export const linear: readonly Detector[] = [
  token({ ...of, id: 'linear-api-key', title: 'Linear API key', prefix: 'lin_api_', body: chars('base62', 40) }),
  token({ ...of, id: 'linear-oauth-token', title: 'Linear OAuth token', prefix: 'lin_oauth_', body: chars('hex', 64) }),
];
