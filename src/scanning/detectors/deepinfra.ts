import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = {
  provider: 'DeepInfra',
  family: 'ml-providers',
  source: 'https://deepinfra.com/docs (shape from practice, not published)',
} as const;

export const deepinfra: readonly Detector[] = [
  keyed({
    ...of,
    id: 'deepinfra-api-key',
    title: 'DeepInfra API key',
    keywords: ['deepinfra'],
    value: chars('base62', 32),
    seen: ['DEEPINFRA_API_TOKEN={}', 'client = OpenAI(base_url="https://api.deepinfra.com/v1/openai", api_key="{}")'],
  }),
];
