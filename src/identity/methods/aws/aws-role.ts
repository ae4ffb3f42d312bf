import { z } from 'zod';
import type { ChangeContext } from '../../../access/operation.ts';
import { refusedLogin } from '../../login-refusal.ts';
import { lintGlobs, lintTokenParameters, type RoleFinding, warnOfFindings } from '../../logins/role-lint.ts';
import { noTokenParameters, type TokenParameters, tokenParameterFields } from '../../logins/token-parameters.ts';
import { invalidField } from '../invalid-field.ts';
import type { CallerIdentity } from './caller-identity.ts';

/** Which principals of AWS may log in. */
export interface AwsRole extends TokenParameters {
  readonly authType: 'iam';
  /** `arn:aws:iam::123456789012:role/trainer`; the path of a role is not among what callers prove. */
  readonly boundIamPrincipalArn: readonly string[];
  /** `AROA…`, `AIDA…`: unlike names, never given to another. */
  readonly boundIamPrincipalId: readonly string[];
  readonly boundAccountId: readonly string[];
  /** What is signed twice in one second is one signature: processes that share credentials may need the second. */
  readonly signaturePolicy: 'once' | 'reuse-until-exp';
  /** Whether the role is bound to unique ids; nothing is looked up. */
  readonly resolveAwsUniqueIds: boolean;
  readonly inferredEntityType: '';
  readonly inferredAwsRegion: '';
  readonly boundAmiId: readonly never[];
  readonly boundRegion: readonly never[];
  readonly boundVpcId: readonly never[];
  readonly boundSubnetId: readonly never[];
  readonly boundIamRoleArn: readonly never[];
  readonly boundIamInstanceProfileArn: readonly never[];
  readonly boundEc2InstanceId: readonly never[];
  readonly roleTag: '';
}

const texts = z.array(z.string().min(1).max(512)).max(256);
const ofInstances = z.array(z.never('is not supported: it is about instances, and callers prove a principal'));
const notInferred = z.literal('', 'is not supported: nothing is asked of EC2');

export const awsRoleFields = {
  ...tokenParameterFields,
  authType: z.enum(['iam'], 'only iam is offered: an instance proves its role by iam as well'),
  boundIamPrincipalArn: texts,
  boundIamPrincipalId: z
    .array(z.string().regex(/^A(?:RO|ID)A[A-Z0-9]{12,124}$/, 'holds something that is no unique id'))
    .max(256),
  boundAccountId: z.array(z.string().regex(/^\d{12}$/, 'holds something that is no account')).max(256),
  signaturePolicy: z.enum(['once', 'reuse-until-exp']),
  resolveAwsUniqueIds: z.boolean(),
  inferredEntityType: notInferred,
  inferredAwsRegion: notInferred,
  boundAmiId: ofInstances,
  boundRegion: ofInstances,
  boundVpcId: ofInstances,
  boundSubnetId: ofInstances,
  boundIamRoleArn: ofInstances,
  boundIamInstanceProfileArn: ofInstances,
  boundEc2InstanceId: ofInstances,
  roleTag: notInferred,
};

export const newAwsRole: AwsRole = {
  ...noTokenParameters,
  authType: 'iam',
  boundIamPrincipalArn: [],
  boundIamPrincipalId: [],
  boundAccountId: [],
  signaturePolicy: 'once',
  resolveAwsUniqueIds: false,
  inferredEntityType: '',
  inferredAwsRegion: '',
  boundAmiId: [],
  boundRegion: [],
  boundVpcId: [],
  boundSubnetId: [],
  boundIamRoleArn: [],
  boundIamInstanceProfileArn: [],
  boundEc2InstanceId: [],
  roleTag: '',
};

const ARN =
  /^arn:aws(?:-[a-z]+)*:(?:iam::\d{12}:(?:role|user)|sts::\d{12}:assumed-role)\/(?:[\w+=,.@-]+\/)*(?:[\w+=,.@-]+\*?|\*)$/;
/** Of a role, with a path. */
const WITH_PATH = /^(arn:[a-z-]+:iam::\d{12}:role\/)(?:.+\/)([^/]+)$/;

/** @throws WatchwordError `login.invalid` */
export function checkAwsRole(role: AwsRole, context: ChangeContext): void {
  const { boundIamPrincipalArn: arns, boundIamPrincipalId: ids, boundAccountId: accounts } = role;
  if (!arns.every((arn) => ARN.test(arn))) {
    invalidField('boundIamPrincipalArn', 'must be ARNs of roles or users in full; only the end of a name may be *');
  }
  // Without its path, which nobody proves, the rest would admit roles of every path.
  if (arns.some((arn) => WITH_PATH.test(arn) && arn.endsWith('*'))) {
    invalidField('boundIamPrincipalArn', 'holds a path with *, and STS tells no paths of roles: name the roles');
  }
  if (arns.length + ids.length + accounts.length === 0) {
    invalidField('boundIamPrincipalArn', 'must be set, or bound_iam_principal_id, or bound_account_id');
  }
  if (role.resolveAwsUniqueIds && ids.length === 0) {
    invalidField(
      'resolveAwsUniqueIds',
      'is not supported, since nothing is asked of IAM: name the ids in bound_iam_principal_id',
    );
  }
  warnOfFindings(lintAwsRole(role), context);
}

/** What is dangerous in a role. */
export function lintAwsRole(role: AwsRole): RoleFinding[] {
  const named = role.boundIamPrincipalArn.length > 0;
  const identified = role.boundIamPrincipalId.length > 0;
  const findings: (RoleFinding | false)[] = [
    !named &&
      !identified && {
        rule: 'any-workload',
        where: 'bound_account_id',
        message: 'every principal of the account is admitted',
        advice: 'bind the role to unique ids or ARNs as well',
      },
    !identified &&
      role.boundIamPrincipalArn.some((arn) => arn.endsWith('/*')) && {
        rule: 'any-workload',
        where: 'bound_iam_principal_arn',
        message: 'every role or user of an account is admitted',
        advice: 'name the principals',
      },
    named &&
      !identified && {
        rule: 'name-only',
        where: 'bound_iam_principal_arn',
        message: 'principals are bound by name: one that is deleted and made again is admitted as well',
        advice: 'bind the role to unique ids: bound_iam_principal_id',
      },
    role.signaturePolicy !== 'once' && {
      rule: 'replay',
      where: 'signature_policy',
      message: 'whoever sees a signed request can log in with it for a quarter of an hour',
      advice: 'let each process sign a request of its own, with an amz-sdk-invocation-id among the signed headers',
    },
    role.boundIamPrincipalArn.some((arn) => /:assumed-role\/[^/]+\/[^*]/.test(arn)) && {
      rule: 'user-controlled',
      where: 'bound_iam_principal_arn',
      message: 'it names a session, whose name is chosen by whoever assumes the role',
      advice: 'bind the role to that of IAM, and give rights by what cannot be chosen',
    },
  ];
  return [
    ...findings.filter((finding) => finding !== false),
    ...lintGlobs('bound_iam_principal_arn', role.boundIamPrincipalArn),
    ...lintTokenParameters(role, { outside: true }),
  ];
}

/** @throws WatchwordError `login.refused` */
export function refuseUnbound(role: AwsRole, { account, canonicalArn, arn, uniqueId }: CallerIdentity): void {
  const { boundAccountId: accounts, boundIamPrincipalArn: arns, boundIamPrincipalId: ids } = role;
  if (accounts.length > 0 && !accounts.includes(account)) throw refusedLogin('aws.account');
  if (ids.length > 0 && !ids.includes(uniqueId)) throw refusedLogin('aws.unique-id');
  if (arns.length > 0 && !arns.some((bound) => admits(bound, canonicalArn) || admits(bound, arn))) throw refusedLogin('aws.arn');
}

/** STS drops the path of a role, so a bound ARN with one means the role of that name: an account has no second. */
function admits(bound: string, arn: string): boolean {
  const plain = bound.replace(WITH_PATH, '$1$2');
  return plain.endsWith('*') ? arn.startsWith(plain.slice(0, -1)) : plain === arn;
}
