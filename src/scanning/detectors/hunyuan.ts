import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Tencent Hunyuan',
  family: 'ml-providers',
  source: 'https://cloud.tencent.com/document/product/1729 (shape from practice, not published)',
} as const;

export const hunyuan: readonly Detector[] = [
  keyed({
    ...of,
    id: 'hunyuan-api-key',
    title: 'Tencent Hunyuan API key',
    keywords: ['hunyuan'],
    value: seq('sk-', chars('base62', 48)),
    confidence: 'high',
    seen: ['HUNYUAN_API_KEY={}'],
  }),
];
