import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Runway',
  family: 'ml-providers',
  source: 'https://docs.dev.runwayml.com/ (shape from practice, not published)',
} as const;

export const runway: readonly Detector[] = [
  token({
    ...of,
    id: 'runway-api-secret',
    title: 'Runway API secret',
    prefix: 'key_',
    body: chars('hex', 128),
    seen: ['RUNWAYML_API_SECRET={}'],
  }),
];
