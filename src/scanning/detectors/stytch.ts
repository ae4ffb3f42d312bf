import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, seq } from './shape.ts';

const of = { provider: 'Stytch', family: 'services', source: 'https://stytch.com/docs/api/authentication' } as const;

export const stytch: readonly Detector[] = [
  keyed({
    ...of,
    id: 'stytch-secret',
    title: 'Stytch project secret',
    keywords: ['stytch'],
    value: seq(either('secret-live-', 'secret-test-'), chars('base64url', 36), '='),
  }),
];
