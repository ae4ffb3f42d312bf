import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Literal AI',
  family: 'ml-tooling',
  source: 'https://docs.literalai.com/ (shape from practice, not published)',
} as const;

export const literalAi: readonly Detector[] = [
  token({
    ...of,
    id: 'literal-ai-api-key',
    title: 'Literal AI API key',
    prefix: 'lsk_',
    body: chars('base62', 40, 52),
    seen: ['LITERAL_API_KEY={}'],
  }),
];
