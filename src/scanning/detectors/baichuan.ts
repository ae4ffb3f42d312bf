import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Baichuan',
  family: 'ml-providers',
  source: 'https://platform.baichuan-ai.com/docs/ (shape from practice, not published)',
} as const;

export const baichuan: readonly Detector[] = [
  keyed({
    ...of,
    id: 'baichuan-api-key',
    title: 'Baichuan API key',
    keywords: ['baichuan'],
    value: seq('sk-', chars('hex', 32)),
    confidence: 'high',
    seen: ['BAICHUAN_API_KEY={}'],
  }),
];
