import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, either } from './shape.ts';

const of = {
  provider: 'Poe',
  family: 'ml-providers',
  source: 'https://creator.poe.com/docs/ (shape from practice, not published)',
} as const;

export const poe: readonly Detector[] = [
  keyed({
    ...of,
    id: 'poe-api-key',
    title: 'Poe API key',
    keywords: ['poe_api', 'poe_key', 'poe_access', 'api.poe.com'],
    value: either(chars('base64url', 43), chars('base62', 32)),
    seen: ['client = OpenAI(base_url="https://api.poe.com/v1", api_key="{}")'],
  }),
];
