import type { Check, Detector } from '../detector.ts';
import { chars, sampled } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'Anthropic',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

const body = sampled(chars('base64url', 80, 120), (make) => `${make.chars('base64url', 93)}AA`);
/** Without a kind: no digits and dash right after the prefix. */
const oldBody = { ...chars('base62', 86), source: '(?![a-z]{3}\\d\\d-)[A-Za-z0-9_-]{80,90}' };

function endsRight(value: string): Check {
  const ok = value.endsWith('AA');
  return { ok, reason: ok ? 'ends as such keys do' : 'does not end as such keys do' };
}

export const anthropic: readonly Detector[] = [
  token({
    ...of,
    id: 'anthropic-api-key',
    title: 'Anthropic API key',
    prefix: 'sk-ant-api03-',
    body,
    notAfter: 'A-Za-z0-9_-',
    check: endsRight,
    seen: [
      'client = anthropic.Anthropic(api_key="{}")',
      'curl https://api.anthropic.com/v1/messages -H "x-api-key: {}" -H "anthropic-version: 2023-06-01"',
    ],
  }),
  token({
    ...of,
    id: 'anthropic-admin-key',
    title: 'Anthropic admin key',
    prefix: 'sk-ant-admin01-',
    body,
    notAfter: 'A-Za-z0-9_-',
    check: endsRight,
    seen: ['ANTHROPIC_ADMIN_KEY={}'],
  }),
  token({
    ...of,
    id: 'anthropic-oauth-access-token',
    title: 'Anthropic OAuth access token',
    prefix: 'sk-ant-oat01-',
    body,
    notAfter: 'A-Za-z0-9_-',
    check: endsRight,
    source: 'https://docs.anthropic.com/en/api/overview (shape from practice, not published)',
    seen: ['{"claudeAiOauth":{"accessToken":"{}","expiresAt":1748658860401}}', 'CLAUDE_CODE_OAUTH_TOKEN: {}'],
  }),
  token({
    ...of,
    id: 'anthropic-oauth-refresh-token',
    title: 'Anthropic OAuth refresh token',
    prefix: 'sk-ant-ort01-',
    body,
    notAfter: 'A-Za-z0-9_-',
    check: endsRight,
    source: 'https://docs.anthropic.com/en/api/overview (shape from practice, not published)',
    seen: ['{"claudeAiOauth":{"refreshToken":"{}"}}'],
  }),
  token({
    ...of,
    id: 'anthropic-session-key',
    title: 'Anthropic session key of claude.ai',
    prefix: 'sk-ant-sid01-',
    body,
    notAfter: 'A-Za-z0-9_-',
    check: endsRight,
    source: 'https://docs.anthropic.com/en/api/overview (shape from practice, not published)',
    seen: ['Cookie: sessionKey={}; path=/'],
  }),
  token({
    ...of,
    id: 'anthropic-legacy-key',
    title: 'Anthropic API key (first form)',
    prefix: 'sk-ant-',
    body: oldBody,
    confidence: 'medium',
    notAfter: 'A-Za-z0-9_-',
    source: 'https://docs.anthropic.com/en/api/overview (shape from practice, not published)',
    seen: ['ANTHROPIC_API_KEY={}'],
    unseen: ['sk-ant-api03-short'],
  }),
];
