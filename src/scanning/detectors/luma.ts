import type { Detector } from '../detector.ts';
import { seq, uuid } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Luma AI',
  family: 'ml-providers',
  source: 'https://docs.lumalabs.ai/ (shape from practice, not published)',
} as const;

export const luma: readonly Detector[] = [
  token({
    ...of,
    id: 'luma-api-key',
    title: 'Luma AI API key',
    prefix: 'luma-',
    body: seq(uuid, '-', uuid),
    notAfter: 'A-Za-z0-9_-',
    seen: ['client = LumaAI(auth_token="{}")'],
  }),
];
