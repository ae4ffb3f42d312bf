import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either, uuid } from './shape.ts';

const of = {
  provider: 'AI21 Labs',
  family: 'ml-providers',
  source: 'https://docs.ai21.com/ (shape from practice, not published)',
} as const;

export const ai21: readonly Detector[] = [
  keyed({
    ...of,
    id: 'ai21-api-key',
    title: 'AI21 API key',
    keywords: ['ai21'],
    value: either(chars('base62', 32), uuid),
    seen: ['client = AI21Client(api_key="{}")', 'ai21.api_key = "{}"'],
  }),
];
