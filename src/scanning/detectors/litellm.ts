import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'LiteLLM',
  family: 'ml-tooling',
  source: 'https://docs.litellm.ai/docs/proxy/virtual_keys (shape from practice, not published)',
} as const;

export const litellm: readonly Detector[] = [
  keyed({
    ...of,
    id: 'litellm-key',
    title: 'LiteLLM proxy key',
    keywords: ['litellm'],
    value: seq('sk-', chars('base64url', 20, 64)),
    confidence: 'high',
    seen: ['LITELLM_MASTER_KEY={}', 'litellm:\n    master_key: {}'],
    unseen: ['litellm_params: {"model": "sk-learn"}'],
  }),
];
