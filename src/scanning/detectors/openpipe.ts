import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'OpenPipe',
  family: 'ml-tooling',
  source: 'https://docs.openpipe.ai/ (shape from practice, not published)',
} as const;

export const openpipe: readonly Detector[] = [
  token({
    ...of,
    id: 'openpipe-api-key',
    title: 'OpenPipe API key',
    prefix: 'opk_',
    body: chars('hex', 40, 44),
    seen: ['OPENPIPE_API_KEY={}'],
  }),
];
