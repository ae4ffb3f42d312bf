import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'ngrok', family: 'infrastructure', source: 'https://ngrok.com/docs/agent/' } as const;

export const ngrok: readonly Detector[] = [
  keyed({
    ...of,
    id: 'ngrok-auth-token',
    title: 'ngrok auth token',
    keywords: ['ngrok'],
    value: seq(chars('base62', 27), '_', chars('base62', 21)),
  }),
];
