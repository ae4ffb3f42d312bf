import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Gretel',
  family: 'ml-tooling',
  source: 'https://docs.gretel.ai/ (shape from practice, not published)',
} as const;

export const gretel: readonly Detector[] = [
  token({
    ...of,
    id: 'gretel-api-key',
    title: 'Gretel API key',
    prefix: 'grtu',
    body: chars('hex', 60),
    seen: ['gretel = Gretel(api_key="{}")'],
  }),
];
