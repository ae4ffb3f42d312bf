import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'PromptLayer',
  family: 'ml-tooling',
  source: 'https://docs.promptlayer.com/ (shape from practice, not published)',
} as const;

export const promptlayer: readonly Detector[] = [
  token({
    ...of,
    id: 'promptlayer-api-key',
    title: 'PromptLayer API key',
    prefix: 'pl_',
    body: chars('hex', 32),
    seen: ['promptlayer.api_key = "{}"'],
  }),
];
