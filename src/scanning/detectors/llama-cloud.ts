import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'LlamaCloud',
  family: 'ml-tooling',
  source: 'https://docs.cloud.llamaindex.ai/ (shape from practice, not published)',
} as const;

export const llamaCloud: readonly Detector[] = [
  token({
    ...of,
    id: 'llama-cloud-api-key',
    title: 'LlamaCloud key',
    prefix: 'llx-',
    body: chars('base62', 48),
    seen: ['parser = LlamaParse(api_key="{}", result_type="markdown")', 'LLAMA_CLOUD_API_KEY={}'],
  }),
];
