import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'xAI',
  family: 'ml-providers',
  source: 'https://github.com/trufflesecurity/trufflehog/tree/main/pkg/detectors',
} as const;

export const xai: readonly Detector[] = [
  token({
    ...of,
    id: 'xai-api-key',
    title: 'xAI API key',
    prefix: 'xai-',
    body: chars('base62', 70, 120),
    notAfter: 'A-Za-z0-9_-',
    seen: ['client = OpenAI(base_url="https://api.x.ai/v1", api_key="{}")', 'XAI_API_KEY={}'],
    unseen: ['xai-explanations-for-tabular-models'],
  }),
];
