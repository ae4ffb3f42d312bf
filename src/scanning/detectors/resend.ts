import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Resend', family: 'messaging', source: 'https://resend.com/docs/api-reference/introduction' } as const;

export const resend: readonly Detector[] = [
  token({
    ...of,
    id: 'resend-api-key',
    title: 'Resend API key',
    prefix: 're_',
    body: seq(chars('base62', 8), '_', chars('base62', 24)),
  }),
];
