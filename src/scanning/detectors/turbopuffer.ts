import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'turbopuffer',
  family: 'ml-tooling',
  source: 'https://turbopuffer.com/docs/ (shape from practice, not published)',
} as const;

export const turbopuffer: readonly Detector[] = [
  token({
    ...of,
    id: 'turbopuffer-api-key',
    title: 'turbopuffer API key',
    prefix: 'tpuf_',
    body: chars('base62', 32, 64),
    seen: ['TURBOPUFFER_API_KEY={}'],
  }),
];
