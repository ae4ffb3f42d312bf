import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Wit.ai', family: 'services', source: 'https://wit.ai/docs/http' } as const;

export const witAi: readonly Detector[] = [
  keyed({
    ...of,
    id: 'wit-ai-access-token',
    title: 'Wit.ai access token',
    keywords: ['wit_ai', 'wit', 'wit_access'],
    value: chars('upperBase36', 32),
  }),
];
