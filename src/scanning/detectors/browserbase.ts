import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Browserbase',
  family: 'ml-tooling',
  source: 'https://docs.browserbase.com/ (shape from practice, not published)',
} as const;

export const browserbase: readonly Detector[] = [
  token({
    ...of,
    id: 'browserbase-api-key',
    title: 'Browserbase API key',
    prefix: 'bb_live_',
    body: chars('base64url', 27),
    notAfter: 'A-Za-z0-9_-',
    seen: ['bb = Browserbase(api_key="{}")'],
  }),
];
