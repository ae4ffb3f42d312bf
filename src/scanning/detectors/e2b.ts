import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'E2B',
  family: 'ml-tooling',
  source: 'https://e2b.dev/docs (shape from practice, not published)',
} as const;

export const e2b: readonly Detector[] = [
  token({
    ...of,
    id: 'e2b-api-key',
    title: 'E2B API key',
    prefix: 'e2b_',
    body: chars('hex', 40),
    seen: ['Sandbox(api_key="{}")'],
  }),
  token({
    ...of,
    id: 'e2b-access-token',
    title: 'E2B access token',
    prefix: 'sk_e2b_',
    body: chars('hex', 40),
    seen: ['E2B_ACCESS_TOKEN={}'],
  }),
];
