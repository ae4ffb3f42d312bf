import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, uuid } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Windsurf',
  family: 'ml-tooling',
  source: 'https://docs.windsurf.com/ (shape from practice, not published)',
} as const;

export const windsurf: readonly Detector[] = [
  token({
    ...of,
    id: 'windsurf-service-key',
    title: 'Windsurf key',
    prefix: 'sk-ws-01-',
    body: chars('base64url', 60, 110),
    notAfter: 'A-Za-z0-9_-',
    seen: ['WINDSURF_API_KEY={}'],
  }),
  keyed({
    ...of,
    id: 'codeium-api-key',
    title: 'Codeium API key',
    keywords: ['codeium', 'windsurf'],
    value: uuid,
    seen: ['codeium_api_key = "{}"'],
  }),
];
