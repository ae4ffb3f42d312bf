import type { Detector } from '../detector.ts';
import { chars, either, optional, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Confident AI',
  family: 'ml-tooling',
  source: 'https://www.confident-ai.com/docs/ (shape from practice, not published)',
} as const;

export const confidentAi: readonly Detector[] = [
  token({
    ...of,
    id: 'confident-ai-api-key',
    title: 'Confident AI API key',
    prefix: 'confident_',
    body: seq(either('us_', 'eu_'), either('org_', 'proj_'), chars('base64', 40, 48), optional('=')),
    notAfter: 'A-Za-z0-9_+/=-',
    seen: ['deepeval.login_with_confident_api_key("{}")'],
  }),
];
