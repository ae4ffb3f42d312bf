import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'SiliconFlow',
  family: 'ml-providers',
  source: 'https://docs.siliconflow.cn/ (shape from practice, not published)',
} as const;

export const siliconflow: readonly Detector[] = [
  keyed({
    ...of,
    id: 'siliconflow-api-key',
    title: 'SiliconFlow API key',
    keywords: ['siliconflow', 'silicon_flow', 'silicon_api'],
    value: seq('sk-', chars('base36', 48)),
    seen: ['client = OpenAI(base_url="https://api.siliconflow.cn/v1", api_key="{}")', 'SILICONFLOW_API_KEY={}'],
  }),
];
