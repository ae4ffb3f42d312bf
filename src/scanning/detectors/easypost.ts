import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'EasyPost', family: 'services', source: 'https://docs.easypost.com/docs/authentication' } as const;

export const easypost: readonly Detector[] = [
  token({
    ...of,
    id: 'easypost-api-key',
    title: 'EasyPost API key',
    prefix: 'EZAK',
    body: seq(chars('hex', 32), chars('base62', 22)),
  }),
  token({
    ...of,
    id: 'easypost-test-api-key',
    title: 'EasyPost test API key',
    prefix: 'EZTK',
    body: seq(chars('hex', 32), chars('base62', 22)),
    confidence: 'medium',
  }),
];
