import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars } from './shape.ts';

const of = { provider: 'Gitea', family: 'code-hosts', source: 'https://docs.gitea.com/development/api-usage' } as const;

export const gitea: readonly Detector[] = [
  keyed({
    ...of,
    id: 'gitea-access-token',
    title: 'Gitea access token',
    keywords: ['gitea', 'forgejo', 'codeberg'],
    value: chars('hex', 40),
  }),
];
