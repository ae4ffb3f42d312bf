import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Traceloop',
  family: 'ml-tooling',
  source: 'https://www.traceloop.com/docs/ (shape from practice, not published)',
} as const;

export const traceloop: readonly Detector[] = [
  token({
    ...of,
    id: 'traceloop-api-key',
    title: 'Traceloop API key',
    prefix: 'tl_',
    body: chars('hex', 32, 96),
    confidence: 'medium',
    seen: ['Traceloop.init(api_key="{}")'],
  }),
];
