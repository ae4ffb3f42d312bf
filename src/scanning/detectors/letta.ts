import type { Detector } from '../detector.ts';
import { chars, optional, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Letta',
  family: 'ml-tooling',
  source: 'https://docs.letta.com/ (shape from practice, not published)',
} as const;

export const letta: readonly Detector[] = [
  token({
    ...of,
    id: 'letta-api-key',
    title: 'Letta API key',
    prefix: 'sk-let-',
    body: seq(chars('base64url', 40, 140), optional('==')),
    notAfter: 'A-Za-z0-9_=-',
    seen: ['client = Letta(token="{}")'],
  }),
];
