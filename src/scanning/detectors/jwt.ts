import type { Detector, Example } from '../detector.ts';
import { anchored } from './anchored.ts';
import { checkJwt } from './checks/jwt.ts';
import type { Maker } from './maker.ts';
import { BEFORE } from './token.ts';

/** Base64 of an object's beginning: `{"`. */
const PART = 'eyJ[A-Za-z0-9_-]';

/** What every base64 of a text that holds `inside` holds, by the three places that it may have in a group of bytes. */
function encodedAnywhere(inside: string): string {
  const forms = [0, 1, 2].map((before) => {
    const text = Buffer.from('x'.repeat(before) + inside).toString('base64url');
    return text.slice(Math.ceil((before * 4) / 3), Math.floor(((before + inside.length) * 4) / 3));
  });
  return `(?:${forms.join('|')})`;
}

const HAS_ALGORITHM = `(?=[A-Za-z0-9_-]{0,1500}?${encodedAnywhere('"alg"')})`;
const KUBERNETES = `[A-Za-z0-9_-]{0,3000}?${encodedAnywhere('kubernetes/serviceaccount')}`;

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const signed = (make: Maker, claims: object, alg = 'HS256'): string =>
  `${encoded({ alg, typ: 'JWT' })}.${encoded(claims)}.${make.bytes(alg === 'HS256' ? 32 : 256).toString('base64url')}`;
const CLAIMS_UNTIL = 4_102_444_800;

function examplesOf(make: Maker, claims: (make: Maker) => object): Example[] {
  const surroundings: readonly ((value: string) => string)[] = [
    (value) => value,
    (value) => `Authorization: Bearer ${value}\n`,
    (value) => `{"access_token":"${value}","expires_in":3600}`,
    (value) => `export SESSION=${value}\n`,
    (value) => String.raw`"text": ["token = \"${value}\"\n"]`,
    (value) => `curl https://api.example.com/v1?jwt=${value}&x=1`,
  ];
  return surroundings.map((surround, index) => {
    const value = signed(make, claims(make), index % 2 === 0 ? 'HS256' : 'RS256');
    return { text: surround(value), value };
  });
}

const pattern = (payload: string): RegExp =>
  new RegExp(
    `${BEFORE}(?<value>${HAS_ALGORITHM}${PART}{10,2000}\\.${payload}${PART}{10,8000}\\.[A-Za-z0-9_-]{20,2000})(?![A-Za-z0-9_.-])`,
  );
const of = { family: 'keys', search: 'prefix', anchors: ['eyj'], reach: 12_100, confidence: 'medium' } as const;

export const jwt: readonly Detector[] = [
  anchored({
    ...of,
    id: 'json-web-token',
    provider: 'any',
    title: 'JSON Web Token',
    pattern: pattern(`(?!${KUBERNETES})`),
    check: (value) => checkJwt(value),
    source: 'https://www.rfc-editor.org/rfc/rfc7519',
    positive: (make) => [
      ...examplesOf(make, () => ({ iss: 'login', sub: make.uuid(), exp: CLAIMS_UNTIL })),
      ...examplesOf(make, () => ({ role: 'service_role', ref: make.chars('lower', 20), iat: 1_700_000_000 })),
    ],
    negative: (make) => [
      `${encoded({ alg: 'HS256' })}.${encoded({ sub: make.uuid() })}`,
      `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify({ version: 3, sources: [make.uuid()] })).toString('base64')}`,
    ],
  }),
  anchored({
    ...of,
    id: 'kubernetes-service-account-token',
    provider: 'Kubernetes',
    title: 'Kubernetes service account token',
    pattern: pattern(`(?=${KUBERNETES})`),
    check: (value) => checkJwt(value),
    source: 'https://kubernetes.io/docs/concepts/security/service-accounts/',
    positive: (make) =>
      examplesOf(make, () => ({
        iss: 'kubernetes/serviceaccount',
        'kubernetes.io/serviceaccount/namespace': make.chars('lower', make.between(4, 9)),
        sub: `system:serviceaccount:${make.chars('lower', 6)}:default`,
      })),
    negative: (make) => [signed(make, { iss: 'https://login.example.com/', sub: make.uuid() })],
  }),
];
