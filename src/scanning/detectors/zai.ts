import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Z.ai',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const zai: readonly Detector[] = [
  keyed({
    ...of,
    id: 'zai-api-key',
    title: 'Z.ai (Zhipu, GLM) API key',
    keywords: ['zai', 'z_ai', 'zhipu', 'zhipuai', 'bigmodel', 'chatglm', 'glm'],
    value: seq(chars('hex', 32), '.', chars('base62', 16)),
    seen: ['client = ZhipuAI(api_key="{}")', 'ZHIPUAI_API_KEY={}', 'os.environ["ZAI_API_KEY"] = "{}"'],
  }),
];
