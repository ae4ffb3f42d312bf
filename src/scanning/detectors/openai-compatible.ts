import type { Detector } from '../detector.ts';
import { chars, either } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'OpenAI-compatible service',
  family: 'ml-providers',
  source: 'https://platform.openai.com/docs/api-reference/authentication',
} as const;

/** DeepSeek, Moonshot, DashScope, SiliconFlow, LiteLLM and many others give out the same form; without a name beside it nobody can tell whose it is. */
export const openaiCompatible: readonly Detector[] = [
  token({
    ...of,
    id: 'unnamed-openai-compatible-key',
    title: 'Key of an OpenAI-compatible service',
    prefix: 'sk-',
    body: either(chars('hex', 32, 64), chars('base62', 40, 64)),
    kind: 'contextual',
    confidence: 'medium',
    notAfter: 'A-Za-z0-9_-',
    seen: ['client = OpenAI(base_url="https://llm.example.com/v1", api_key="{}")', 'vllm serve model --api-key {}'],
    unseen: ['sk-learn', 'class="sk-container-id-1 sk-estimator-doc-link"', 'sk-item-9f8e7d6c'],
  }),
];
