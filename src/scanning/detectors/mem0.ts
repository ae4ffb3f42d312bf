import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Mem0',
  family: 'ml-tooling',
  source: 'https://docs.mem0.ai/ (shape from practice, not published)',
} as const;

export const mem0: readonly Detector[] = [
  token({
    ...of,
    id: 'mem0-api-key',
    title: 'Mem0 API key',
    prefix: 'm0-',
    body: chars('base62', 40),
    seen: ['client = MemoryClient(api_key="{}")'],
  }),
];
