import type { Check, Detector } from '../detector.ts';
import { checkMarker } from './checks/marker.ts';
import { chars, either, optional, sampled, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'OpenAI',
  family: 'ml-providers',
  source: 'https://github.com/betterleaks/betterleaks/blob/main/config/betterleaks.toml',
} as const;

const MARKER = 'T3BlbkFJ';
const hasMarker = (value: string): Check => checkMarker(value, MARKER);

/** Old keys, with or without a name before the random part. */
const named = seq(optional(seq(chars('lower', 2, 24), '-')), chars('base62', 20), MARKER, chars('base62', 20));
const userBody = { ...named, source: `(?!(?:proj|svcacct|admin)-)${named.source}` };

const PARTS = [74, 58, 20] as const;
const marked = seq(chars('base64url', 20, 80), MARKER, chars('base64url', 20, 80));
/** A long one without the marker is less sure, but no reason to overlook it. */
const longBody = sampled(either(marked, chars('base64url', 100, 170)), (make) => {
  const length = make.pick(PARTS);
  return make.chars('base64url', length) + MARKER + make.chars('base62', length);
});

export const openai: readonly Detector[] = [
  token({
    ...of,
    id: 'openai-api-key',
    title: 'OpenAI user key',
    prefix: 'sk-',
    body: userBody,
    check: hasMarker,
    unseen: ['sk-learn-2024', 'const id = "sk-loading-spinner-large-16px"'],
  }),
  token({
    ...of,
    id: 'openai-project-key',
    title: 'OpenAI project key',
    prefix: 'sk-proj-',
    body: longBody,
    notAfter: 'A-Za-z0-9_-',
    check: hasMarker,
    seen: ['client = OpenAI(api_key="{}")', "openai.api_key = '{}'", 'ChatOpenAI(model="gpt-4o", openai_api_key="{}")'],
    unseen: ['sk-proj-name-of-my-project'],
  }),
  token({
    ...of,
    id: 'openai-service-account-key',
    title: 'OpenAI service account key',
    prefix: 'sk-svcacct-',
    body: longBody,
    notAfter: 'A-Za-z0-9_-',
    check: hasMarker,
    seen: ['OPENAI_API_KEY={} python train.py'],
  }),
  token({
    ...of,
    id: 'openai-admin-key',
    title: 'OpenAI admin key',
    prefix: 'sk-admin-',
    body: longBody,
    notAfter: 'A-Za-z0-9_-',
    check: hasMarker,
    seen: ['curl https://api.openai.com/v1/organization/users -H "Authorization: Bearer {}"'],
  }),
  token({
    ...of,
    id: 'openai-session-token',
    title: 'OpenAI dashboard session token',
    prefix: 'sess-',
    body: chars('base62', 40),
    confidence: 'medium',
    source: 'https://platform.openai.com/docs/api-reference/authentication (shape from practice, not published)',
    seen: ['headers = {"Authorization": "Bearer {}"}'],
  }),
];
