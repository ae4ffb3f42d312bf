import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Humanloop',
  family: 'ml-tooling',
  source: 'https://humanloop.com/docs/ (shape from practice, not published)',
} as const;

export const humanloop: readonly Detector[] = [
  token({
    ...of,
    id: 'humanloop-api-key',
    title: 'Humanloop API key',
    prefix: 'hl_sk_',
    body: chars('hex', 40, 56),
    seen: ['humanloop = Humanloop(api_key="{}")'],
  }),
];
