import type { Check, Detector } from '../detector.ts';
import { anchored, around, LITERAL, password } from './anchored.ts';
import type { Maker } from './maker.ts';

const of = { provider: 'Kubernetes', family: 'configuration-files' } as const;
const KUBECONFIG = 'https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/';

/** A line of YAML, or a member of JSON: name, colon, value. */
const member = (names: string, value: string): RegExp =>
  new RegExp(String.raw`(?<![A-Za-z0-9_-])(?:${names})"?:\s{0,4}["']?${LITERAL}(?<value>${value})(?=["'\s,]|\\n|$)`);

const encodedKey = (make: Maker): string =>
  Buffer.from(
    ['-----BEGIN EC', ` PRIVATE KEY-----\n${make.bytes(120).toString('base64')}\n-----END EC PRIVATE KEY-----\n`].join(''),
  ).toString('base64');

const checkKeyData = (value: string): Check => {
  const ok = /^-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----/.test(Buffer.from(value.slice(0, 80), 'base64').toString('latin1'));
  return { ok, reason: ok ? 'decodes to a private key' : 'does not decode to a private key' };
};

/** Data of a Secret that is text, and not a certificate or a public setting. */
function checkSecretData(value: string): Check | undefined {
  const text = Buffer.from(value, 'base64').toString('latin1');
  if (/^[\x20-\x7e\r\n\t]{1,4000}$/.test(text)) return undefined;
  return { ok: false, reason: 'does not decode to text' };
}

const SECRET_NAME =
  '[A-Za-z0-9_.-]{0,40}(?:pass(?:word|wd|phrase)?|pwd|secret|token|key|credential|auth|dsn|connection|[uU][rR][lL])[A-Za-z0-9_.-]{0,20}';

/** Where another object begins. */
const NEXT = String.raw`\r?\n---|(?<![A-Za-z])kind"?:`;

export const kubernetes: readonly Detector[] = [
  anchored({
    ...of,
    id: 'kubeconfig-client-key',
    title: 'Client key in a kubeconfig',
    anchors: ['client-key-data'],
    pattern: member('client-key-data', '[A-Za-z0-9+/]{80,12000}={0,2}'),
    reach: 12_050,
    check: checkKeyData,
    source: KUBECONFIG,
    positive: around(
      encodedKey,
      (value) => `users:\n- name: admin\n  user:\n    client-certificate-data: QUJD\n    client-key-data: ${value}\n`,
      (value) => `{"user": {"client-key-data": "${value}"}}`,
    ),
    negative: () => ['client-key-data: REDACTED\n', 'client-key-data: DATA+OMITTED\n'],
  }),
  anchored({
    ...of,
    id: 'kubeconfig-token',
    title: 'Token or password of a user in a kubeconfig',
    anchors: ['- name:', '"users"'],
    kind: 'contextual',
    confidence: 'medium',
    pattern:
      /-\s{1,4}name:[^\r\n]{1,120}\r?\n\s{1,8}user:\s{0,4}\r?\n(?:\s{1,12}[a-z-]{4,32}:[^\r\n]{0,4000}\r?\n){0,3}?\s{1,12}(?:token|password):\s{0,4}["']?(?<value>[^\s"'<>{}$]{6,2000})(?=["'\s]|$)/,
    reach: 16_000,
    source: KUBECONFIG,
    positive: around(
      (make) => make.chars('base62', 40),
      (value) => `users:\n- name: admin\n  user:\n    token: ${value}\n`,
      (value) => `users:\n  - name: train\n    user:\n      username: train\n      password: "${value}"\n`,
    ),
    negative: () => [
      'users:\n- name: admin\n  user:\n    exec:\n      command: aws\n',
      '- name: a\n  user:\n    token: <token>\n',
    ],
  }),
  anchored({
    ...of,
    id: 'kubernetes-secret',
    title: 'Value in the manifest of a Kubernetes Secret',
    anchors: ['kind: secret', '"kind":"secret"', '"kind": "secret"'],
    kind: 'contextual',
    confidence: 'medium',
    pattern: new RegExp(
      String.raw`"?kind"?:\s{0,2}"?Secret"?(?![A-Za-z])(?:(?!${NEXT}|(?<![A-Za-z])data"?:)[\s\S]){0,1500}data"?:(?:(?!${NEXT}|\})[\s\S]){0,3000}?[\s{,]"?${SECRET_NAME}"?:\s{0,4}"?(?<value>[A-Za-z0-9+/]{8,4000}={0,2})(?=["\s,}]|$)`,
      'i',
    ),
    reach: 8700,
    check: checkSecretData,
    source: 'https://kubernetes.io/docs/concepts/configuration/secret/',
    positive: around(
      (make) => Buffer.from(password(make)).toString('base64'),
      (value) =>
        `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ntype: Opaque\ndata:\n  username: dHJhaW4=\n  password: ${value}\n`,
      (value) => `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"db"},"data":{"db-password":"${value}"}}`,
    ),
    negative: () => [
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  password: {{ .Values.password | b64enc }}\n',
      'kind: SecretList\ndata:\n  password: dHJhaW4tMTIz\n',
      'kind: Secret\nmetadata:\n  name: a\n---\nkind: ConfigMap\ndata:\n  password: dHJhaW4tMTIz\n',
    ],
  }),
  anchored({
    ...of,
    id: 'kubernetes-secret-text',
    title: 'Value in the stringData of a Kubernetes Secret',
    anchors: ['stringdata'],
    kind: 'contextual',
    confidence: 'medium',
    pattern: new RegExp(
      String.raw`stringData"?:(?:(?!${NEXT}|stringData|\})[\s\S]){0,2000}?[\s{,]"?${SECRET_NAME}"?:\s{0,4}["']?${LITERAL}(?<value>[^\s"'<>{}|]{4,400})(?=["'\s,}]|$)`,
      'i',
    ),
    reach: 2700,
    source: 'https://kubernetes.io/docs/concepts/configuration/secret/',
    positive: around(
      password,
      (value) => `kind: Secret\nmetadata:\n  name: db\nstringData:\n  username: train\n  password: ${value}\n`,
      (value) => `{"kind":"Secret","stringData":{"api-token":"${value}"}}`,
    ),
    negative: () => ['stringData:\n  password: $PASSWORD\n', 'stringData:\n  password: {{ .Values.password }}\n'],
  }),
];
