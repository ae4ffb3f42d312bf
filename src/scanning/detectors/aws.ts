import type { Check, Detector } from '../detector.ts';
import { awsSecretPairs } from './aws-pairs.ts';
import { keyed } from './keyed.ts';
import { chars, either, optional, sampled, seq } from './shape.ts';
import { token } from './token.ts';

const of = {
  provider: 'AWS',
  family: 'clouds',
  source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
} as const;

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The 12-digit account that an access key id holds in the 40 bits after its first; undefined when they exceed 12 digits. */
function accountOf(keyId: string): string | undefined {
  let bits = 0n;
  for (const letter of keyId.slice(4, 14)) bits = bits * 32n + BigInt(BASE32.indexOf(letter));
  const account = (bits >> 9n) & 0xffffffffffn;
  return account < 1_000_000_000_000n ? String(account).padStart(12, '0') : undefined;
}

function checkAccount(value: string): Check {
  const account = accountOf(value);
  return account === undefined
    ? { ok: false, reason: 'holds no account number' }
    : { ok: true, reason: `belongs to account ${account}` };
}

const accessKeyId = (id: string, title: string, prefix: string): Detector =>
  token({ ...of, id, title, prefix, body: chars('base32', 16), check: checkAccount });

export const aws: readonly Detector[] = [
  accessKeyId('aws-access-key-id', 'AWS access key id', 'AKIA'),
  accessKeyId('aws-temporary-access-key-id', 'AWS temporary access key id', 'ASIA'),
  accessKeyId('aws-sts-bearer-id', 'AWS STS service bearer token id', 'ABIA'),
  ...awsSecretPairs,
  keyed({
    ...of,
    id: 'aws-secret-access-key',
    title: 'AWS secret access key',
    keywords: [
      'aws_secret',
      'secret_access_key',
      'aws_access',
      'aws_key',
      's3_secret',
      'secret_key',
      'aws_sk',
      'secretkey',
      'minio_secret',
      'amazon_secret',
    ],
    value: chars('base64', 40),
    notBeside: 'A-Za-z0-9_+/=-',
  }),
  keyed({
    ...of,
    id: 'aws-session-token',
    title: 'AWS session token',
    keywords: ['session', 'amz_security', 'aws_security', 'aws'],
    value: seq(either('FwoG', 'IQoJ'), chars('base64', 96, 1600), optional('=='), optional('=')),
    notBeside: 'A-Za-z0-9_+/=-',
    confidence: 'high',
  }),
  token({
    ...of,
    id: 'aws-bedrock-api-key',
    title: 'AWS Bedrock API key (long-lived)',
    family: 'ml-providers',
    prefix: 'ABSK',
    body: sampled(seq(chars('base64', 100, 269), chars({ of: '=' }, 0, 2)), (make) =>
      Buffer.from(`BedrockAPIKey-${make.chars('base36', 4)}-at-${make.chars('digits', 12)}:${make.chars('base64', 50)}`).toString(
        'base64',
      ),
    ),
    notAfter: 'A-Za-z0-9+/',
    check(value) {
      const ok = Buffer.from(value.slice(4), 'base64').toString('latin1').startsWith('BedrockAPIKey-');
      return { ok, reason: ok ? 'decodes to a Bedrock key' : 'does not decode to a Bedrock key' };
    },
    source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html',
  }),
  token({
    ...of,
    id: 'aws-bedrock-short-term-key',
    title: 'AWS Bedrock API key (short-term)',
    family: 'ml-providers',
    prefix: 'bedrock-api-key-',
    body: sampled(seq(chars('base64', 80, 2000), chars({ of: '=' }, 0, 2)), (make) =>
      Buffer.from(`bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Signature=${make.chars('hex', 64)}`).toString(
        'base64',
      ),
    ),
    notAfter: 'A-Za-z0-9+/',
    check(value) {
      const ok = Buffer.from(value.slice('bedrock-api-key-'.length), 'base64')
        .toString('latin1')
        .startsWith('bedrock.amazonaws.com');
      return { ok, reason: ok ? 'decodes to a signed request to Bedrock' : 'does not decode to a request to Bedrock' };
    },
    source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html',
  }),
];
