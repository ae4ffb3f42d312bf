import type { Detector } from '../detector.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'JFrog Artifactory',
  family: 'registries',
  source: 'https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens',
} as const;

export const artifactory: readonly Detector[] = [
  token({ ...of, id: 'artifactory-api-key', title: 'JFrog Artifactory API key', prefix: 'AKCp', body: chars('base62', 68, 70) }),
  token({
    ...of,
    id: 'artifactory-reference-token',
    title: 'JFrog Artifactory reference token',
    prefix: 'cmVmdGtuOjAxOj',
    body: seq(chars('base64', 46, 62), chars({ of: '=' }, 0, 2)),
    notAfter: 'A-Za-z0-9+/=',
  }),
  keyed({
    ...of,
    id: 'artifactory-access-key',
    title: 'JFrog Artifactory access key',
    keywords: ['jfrog', 'artifactory'],
    value: chars('base62', 64, 73),
  }),
];
