import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Ory', family: 'services', source: 'https://www.ory.sh/docs/concepts/personal-access-token' } as const;

export const ory: readonly Detector[] = [
  token({
    ...of,
    id: 'ory-personal-access-token',
    title: 'Ory personal access token',
    prefix: 'ory_pat_',
    body: chars('base62', 32),
  }),
  token({ ...of, id: 'ory-workspace-key', title: 'Ory workspace API key', prefix: 'ory_wak_', body: chars('base62', 32) }),
];
