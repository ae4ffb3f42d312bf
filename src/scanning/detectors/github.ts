import type { Detector } from '../detector.ts';
import { checkCrc32Base62, crc32Base62 } from './checks/crc32-base62.ts';
import { keyed } from './keyed.ts';
import { chars, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'GitHub',
  family: 'code-hosts',
  source: 'https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/',
} as const;

const classic = (id: string, title: string, prefix: string, length = 36): Detector =>
  token({ ...of, id, title, prefix, body: crc32Base62(length), check: checkCrc32Base62 });

const jwt = seq('eyJ', chars('base64url', 17, 300), '.eyJ', chars('base64url', 17, 1200), '.', chars('base64url', 43, 700));

export const github: readonly Detector[] = [
  classic('github-personal-access-token', 'GitHub personal access token (classic)', 'ghp_'),
  classic('github-oauth-token', 'GitHub OAuth token', 'gho_'),
  classic('github-user-token', 'GitHub App user token', 'ghu_'),
  classic('github-installation-token', 'GitHub App installation token', 'ghs_'),
  classic('github-refresh-token', 'GitHub App refresh token', 'ghr_', 76),
  token({
    ...of,
    id: 'github-stateless-installation-token',
    title: 'GitHub App installation token (stateless)',
    prefix: 'ghs_',
    body: seq(chars('base62', 1, 40), '_', jwt),
    notAfter: 'A-Za-z0-9_-',
  }),
  token({
    ...of,
    id: 'github-fine-grained-token',
    title: 'GitHub personal access token (fine-grained)',
    prefix: 'github_pat_',
    body: seq(chars('base62', 22), '_', chars('base62', 59)),
  }),
  keyed({
    ...of,
    id: 'github-client-secret',
    title: 'GitHub OAuth client secret',
    keywords: ['github_client', 'github_secret', 'github_oauth', 'gh_client', 'github_app', 'github_webhook'],
    value: chars('hex', 40),
  }),
];
