import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Valohai',
  family: 'ml-tooling',
  source: 'https://docs.valohai.com/ (shape from practice, not published)',
} as const;

export const valohai: readonly Detector[] = [
  keyed({
    ...of,
    id: 'valohai-api-token',
    title: 'Valohai API token',
    keywords: ['valohai', 'vh_token'],
    value: chars('base62', 40),
    seen: ['VALOHAI_API_TOKEN={}', 'curl https://app.valohai.com/api/v0 -H "Authorization: Token {}"'],
  }),
];
