import type { Detector } from '../detector.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Notion', family: 'services', source: 'https://developers.notion.com/docs/authorization' } as const;

export const notion: readonly Detector[] = [
  token({
    ...of,
    id: 'notion-integration-token',
    title: 'Notion integration token',
    prefix: 'ntn_',
    body: seq(chars('digits', 11), chars('base62', 35)),
  }),
  token({
    ...of,
    id: 'notion-legacy-token',
    title: 'Notion integration token (legacy)',
    prefix: 'secret_',
    body: chars('base62', 43),
  }),
];
