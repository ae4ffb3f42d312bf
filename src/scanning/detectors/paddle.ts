import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Paddle',
  family: 'payments',
  source: 'https://developer.paddle.com/api-reference/about/api-keys',
} as const;

export const paddle: readonly Detector[] = [
  token({
    ...of,
    id: 'paddle-api-key',
    title: 'Paddle API key',
    prefix: 'pdl_live_apikey_',
    body: seq(chars('base36', 26), '_', chars('base62', 22), '_', chars('base62', 3)),
  }),
  token({
    ...of,
    id: 'paddle-sandbox-api-key',
    title: 'Paddle sandbox API key',
    prefix: 'pdl_sdbx_apikey_',
    body: seq(chars('base36', 26), '_', chars('base62', 22), '_', chars('base62', 3)),
    confidence: 'medium',
  }),
];
