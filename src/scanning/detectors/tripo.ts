import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Tripo',
  family: 'ml-providers',
  source: 'https://platform.tripo3d.ai/docs/ (shape from practice, not published)',
} as const;

export const tripo: readonly Detector[] = [
  token({
    ...of,
    id: 'tripo-api-key',
    title: 'Tripo API key',
    prefix: 'tsk_',
    body: chars('base64url', 40, 50),
    notAfter: 'A-Za-z0-9_-',
    seen: ['TRIPO_API_KEY={}'],
  }),
];
