import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = {
  provider: 'Requesty',
  family: 'ml-providers',
  source: 'https://docs.requesty.ai/ (shape from practice, not published)',
} as const;

export const requesty: readonly Detector[] = [
  keyed({
    ...of,
    id: 'requesty-api-key',
    title: 'Requesty API key',
    keywords: ['requesty'],
    value: seq('sk-', chars('base64', 60, 100)),
    confidence: 'high',
    seen: ['client = OpenAI(base_url="https://router.requesty.ai/v1", api_key="{}")'],
  }),
];
