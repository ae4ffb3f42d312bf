import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'Ably', family: 'messaging', source: 'https://ably.com/docs/auth/basic' } as const;

export const ably: readonly Detector[] = [
  keyed({
    ...of,
    id: 'ably-api-key',
    title: 'Ably API key',
    keywords: ['ably'],
    value: seq(chars('base64url', 6), '.', chars('base64url', 6), ':', chars('base64url', 43)),
  }),
];
