import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Cerebras',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

export const cerebras: readonly Detector[] = [
  token({
    ...of,
    id: 'cerebras-api-key',
    title: 'Cerebras API key',
    prefix: 'csk-',
    body: chars('base36', 48),
    seen: ['client = Cerebras(api_key="{}")'],
  }),
];
