import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, optional, seq } from './shape.ts';

const of = { provider: 'WorkOS', family: 'services', source: 'https://workos.com/docs/reference/authentication' } as const;

export const workos: readonly Detector[] = [
  keyed({
    ...of,
    id: 'workos-api-key',
    title: 'WorkOS API key',
    keywords: ['workos'],
    value: seq('sk_', optional(either('live_', 'test_')), chars('base64', 40, 100)),
  }),
];
