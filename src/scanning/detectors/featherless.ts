import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Featherless AI',
  family: 'ml-providers',
  source: 'https://featherless.ai/docs/ (shape from practice, not published)',
} as const;

export const featherless: readonly Detector[] = [
  token({
    ...of,
    id: 'featherless-api-key',
    title: 'Featherless API key',
    prefix: 'rc_',
    body: chars('hex', 64),
    seen: ['client = OpenAI(base_url="https://api.featherless.ai/v1", api_key="{}")'],
  }),
];
