import type { Detector } from '../detector.ts';
import { chars, type Shape } from './shape.ts';

const of = {
  provider: 'AWS',
  family: 'clouds',
  kind: 'structured',
  search: 'anywhere',
  anchors: ['akia', 'asia'],
  confidence: 'high',
  source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
} as const;

const secret: Shape = chars('base64', 40);
/** With a digit: 40 characters of a path or a word without one are none. */
const SECRET = `(?<![A-Za-z0-9_/+=-])(?=[A-Za-z/+]{0,39}[0-9])(?<value>${secret.source})(?![A-Za-z0-9_/+=-])`;
const KEY_ID = '(?<![A-Za-z0-9])A[KS]IA[A-Z2-7]{16}(?![A-Za-z0-9])';
const BETWEEN = 160;

/** The secret beside its access key id, whatever the two are called. */
export const awsSecretPairs: readonly Detector[] = [
  {
    ...of,
    id: 'aws-secret-after-key-id',
    title: 'AWS secret access key beside its id',
    pattern: new RegExp(`${KEY_ID}[^]{1,${BETWEEN}}?${SECRET}`),
    reach: 20 + BETWEEN + 40,
    examples(make) {
      const [id, value] = [`AKIA${make.chars('base32', 16)}`, secret.sample(make)];
      return {
        positive: [
          { text: `${id},${value}\n`, value },
          { text: `boto3.client("s3", "${id}", "${value}")`, value },
          { text: `[default]\naws_access_key_id = ${id}\naws_secret_access_key = ${value}\n`, value },
        ],
        negative: [`${id} ${'a/b'.repeat(13)}c`],
      };
    },
  },
  {
    ...of,
    id: 'aws-secret-before-key-id',
    title: 'AWS secret access key beside its id',
    lead: 40 + BETWEEN,
    pattern: new RegExp(`${SECRET}[^]{1,${BETWEEN}}?${KEY_ID}`),
    reach: 40 + BETWEEN + 20,
    examples(make) {
      const [id, value] = [`AKIA${make.chars('base32', 16)}`, secret.sample(make)];
      return {
        positive: [
          { text: `{"secret": "${value}", "id": "${id}"}`, value },
          { text: `s3:\n  sk: ${value}\n  ak: ${id}\n`, value },
        ],
        negative: [`${value}${' '.repeat(400)}${id}`],
      };
    },
  },
];
