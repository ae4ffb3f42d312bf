import type { Detector } from '../detector.ts';
import { chars } from './shape.ts';
import { token } from './token.ts';

const of = { provider: 'Docker Hub', family: 'registries', source: 'https://docs.docker.com/security/access-tokens/' } as const;

export const dockerHub: readonly Detector[] = [
  token({
    ...of,
    id: 'docker-hub-personal-access-token',
    title: 'Docker Hub personal access token',
    prefix: 'dckr_pat_',
    body: chars('base64url', 27),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'docker-hub-organization-token',
    title: 'Docker Hub organization access token',
    prefix: 'dckr_oat_',
    body: chars('base64url', 32),
    notAfter: 'A-Za-z0-9_-',
  }),
];
