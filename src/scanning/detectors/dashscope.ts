import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Alibaba DashScope',
  family: 'ml-providers',
  source: 'https://help.aliyun.com/zh/model-studio/ (shape from practice, not published)',
} as const;

export const dashscope: readonly Detector[] = [
  keyed({
    ...of,
    id: 'dashscope-api-key',
    title: 'DashScope (Qwen) API key',
    keywords: ['dashscope', 'qwen', 'bailian', 'tongyi'],
    value: seq('sk-', chars('hex', 32)),
    confidence: 'high',
    seen: [
      'dashscope.api_key = "{}"',
      'client = OpenAI(base_url="https://dashscope.aliyuncs.com/compatible-mode/v1", api_key="{}")',
      'QWEN_API_KEY={}',
    ],
  }),
];
