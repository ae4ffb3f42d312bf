import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'Zilliz',
  family: 'ml-tooling',
  source: 'https://docs.zilliz.com/ (shape from practice, not published)',
} as const;

export const zilliz: readonly Detector[] = [
  keyed({
    ...of,
    id: 'zilliz-api-key',
    title: 'Zilliz Cloud API key',
    keywords: ['zilliz', 'milvus'],
    value: chars('hex', 72, 140),
    seen: ['client = MilvusClient(uri="https://x.zillizcloud.com", token="{}")'],
  }),
];
