import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';

const of = { provider: 'SourceHut', family: 'code-hosts', source: 'https://man.sr.ht/meta.sr.ht/oauth.md' } as const;

export const sourcehut: readonly Detector[] = [
  keyed({
    ...of,
    id: 'sourcehut-access-token',
    title: 'SourceHut personal access token',
    keywords: ['sourcehut', 'sr_ht', 'srht'],
    value: seq(chars('base62', 1), chars('base64', 59, 79)),
  }),
];
