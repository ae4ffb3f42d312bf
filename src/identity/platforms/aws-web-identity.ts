import { refusedLogin } from '../login-refusal.ts';
import type { Platform } from './platform.ts';
import { requiredText } from './platform-identity.ts';

/** AWS's own claims stand in a member that is called by its URL. */
const own = (member: string) => `/https:~1~1sts.amazonaws.com~1/${member}`;
const roleForm = /^arn:aws[a-z-]*:iam::(\d{12}):(?:role|user)\/[\w+=,.@/-]{1,600}$/;
const issuer = 'https://0a1b2c3d-4e5f-6a7b-8c9d-0e1f2a3b4c5d.tokens.sts.global.api.aws';

/** Principals of an AWS account, by the token that STS GetWebIdentityToken gives. The issuer is the account's own. */
export const awsWebIdentityPlatform: Platform = {
  kind: 'aws-web-identity',
  summary: 'IAM roles of an AWS account that has outbound web identity, by their ARN',
  runs: 'outside',
  issuerForm: /^https:\/\/[0-9a-z-]{8,64}\.tokens\.sts\.global\.api\.aws$/,
  algorithms: ['RS256', 'ES384'],
  subject: ['sub'],
  displayName: 'sub',
  claims: {
    arn: 'sub',
    aws_account: own('aws_account'),
    org_id: own('org_id'),
    source_region: own('source_region'),
    lambda_function_arn: own('lambda_source_function_arn'),
  },
  required: ['sub', own('aws_account')],
  userControlled: ['/https:~1~1sts.amazonaws.com~1/request_tags'],
  interpret(claims) {
    const [, account] = roleForm.exec(requiredText(claims, 'sub')) ?? [];
    if (account !== requiredText(claims, own('aws_account'))) throw refusedLogin('platform.inconsistent');
    const { source_region: region } = claims['https://sts.amazonaws.com/'] as Readonly<Record<string, unknown>>;
    return { region: typeof region === 'string' ? region : undefined };
  },
  examples: {
    issuer,
    accepted: {
      sub: 'arn:aws:iam::123456789012:role/trainer',
      'https://sts.amazonaws.com/': { aws_account: '123456789012', source_region: 'eu-west-1', org_id: 'o-abc1234567' },
    },
    subject: `${issuer}#arn:aws:iam::123456789012:role/trainer`,
    refused: [
      {
        why: 'a role of another account',
        change: { sub: 'arn:aws:iam::210987654321:role/trainer' },
        reason: 'platform.inconsistent',
      },
      { why: "without AWS's own claims", change: { 'https://sts.amazonaws.com/': undefined }, reason: 'platform.claim' },
    ],
  },
};
