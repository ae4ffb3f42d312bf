import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, optional, seq } from './shape.ts';

const of = {
  provider: 'HeyGen',
  family: 'ml-providers',
  source: 'https://docs.heygen.com/ (shape from practice, not published)',
} as const;

export const heygen: readonly Detector[] = [
  keyed({
    ...of,
    id: 'heygen-api-key',
    title: 'HeyGen API key',
    keywords: ['heygen'],
    value: either(seq(chars('base64', 40, 64), optional('==')), seq('sk_', chars('base64url', 40, 60))),
    seen: ['curl https://api.heygen.com/v2/avatars -H "X-Api-Key: {}"'],
  }),
];
