import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Flagsmith', family: 'services', source: 'https://docs.flagsmith.com/' } as const;

export const flagsmith: readonly Detector[] = [
  token({
    ...of,
    id: 'flagsmith-server-key',
    title: 'Flagsmith server-side environment key',
    prefix: 'ser.',
    body: chars('base62', 22),
  }),
];
