import { z } from 'zod';
import { invalidSetting } from './endpoint.ts';
import { PolicyFault } from './policy-document.ts';
import { faultOfPrefix, type Scope, type Verb, verbs } from './scope.ts';
import { partitionOfArn, sessionPolicy } from './session-policy.ts';

export const credentialTypes = ['assumed_role', 'federation_token', 'session_token'] as const;

/** What a session may do, and how it is asked for. Empty texts and lists are not set. */
export interface AwsRole {
  readonly credentialType: (typeof credentialTypes)[number] | 'iam_user' | '';
  /** One of them is assumed; where there are several, the caller says which. */
  readonly roleArns: readonly string[];
  readonly policyDocument: string;
  readonly policyArns: readonly string[];
  readonly externalId: string;
  readonly sessionTags: Readonly<Record<string, string>>;
  /** Whether sessions carry their lease and its holder as tags. */
  readonly leaseTags: boolean;
  readonly bucket: string;
  readonly prefix: string;
  readonly verbs: readonly Verb[];
  readonly iamGroups: readonly never[];
  readonly iamTags: Readonly<Record<string, never>>;
  readonly permissionsBoundaryArn: '';
  readonly userPath: '';
  readonly mfaSerialNumber: '';
}

const NO_USERS = 'is not supported: it is about users with keys that do not end, and none are made';
const arn = z
  .string()
  .max(2048)
  .regex(/^arn:[a-z][a-z0-9-]*:iam:[^:*?]*:[^:*?]*:(?:role|policy)\/[\w+=,.@/-]+$/, 'holds something that is no ARN');
const tagText = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u, 'holds a character that tags cannot');

export const awsRoleFields = {
  credentialType: z.enum([...credentialTypes, 'iam_user', '']),
  roleArns: z.array(arn).max(64),
  policyDocument: z.string().max(6144),
  policyArns: z.array(arn).max(10),
  externalId: z.string().regex(/^(?:[\w+=,.@:/-]{2,1224})?$/, 'must have 2 to 1224 letters, digits or +=,.@:/-'),
  sessionTags: z
    .record(tagText(128).min(1), tagText(256))
    .refine((tags) => Object.keys(tags).length <= 40, 'has more than 40 tags')
    .refine((tags) => !Object.keys(tags).some((key) => /^(?:aws:|watchword:)/i.test(key)), 'has a tag of AWS or of ours'),
  leaseTags: z.boolean(),
  bucket: z
    .string()
    .regex(
      /^(?:[a-z0-9](?:[a-z0-9-]|\.(?![.-])){1,61}[a-z0-9])?$/,
      'must be the name of a bucket: 3 to 63 small letters, digits, dots and hyphens',
    ),
  prefix: z.string().max(512),
  verbs: z.array(z.enum(verbs, 'must be of read, list, write, delete')).max(16),
  iamGroups: z.array(z.never(NO_USERS)),
  iamTags: z.record(z.string(), z.never(NO_USERS)),
  permissionsBoundaryArn: z.literal('', NO_USERS),
  userPath: z.literal('', NO_USERS),
  mfaSerialNumber: z.literal('', 'is not supported: nobody is there to type a code'),
};

export const newAwsRole: AwsRole = {
  credentialType: '',
  roleArns: [],
  policyDocument: '',
  policyArns: [],
  externalId: '',
  sessionTags: {},
  leaseTags: false,
  bucket: '',
  prefix: '',
  verbs: [],
  iamGroups: [],
  iamTags: {},
  permissionsBoundaryArn: '',
  userPath: '',
  mfaSerialNumber: '',
};

/** Undefined where the role has to do with no bucket. */
export function scopeOf({ bucket, prefix, verbs: allowed }: AwsRole): Scope | undefined {
  return bucket === '' ? undefined : { bucket, prefix, verbs: verbs.filter((verb) => allowed.includes(verb)) };
}

/** Whether sessions may do less than whom they are of. */
export const isNarrowed = ({ bucket, policyDocument, policyArns }: AwsRole): boolean =>
  bucket !== '' || policyDocument !== '' || policyArns.length > 0;

/** @throws WatchwordError `engine.invalid` */
export function checkAwsRole(role: AwsRole): readonly string[] {
  checkType(role);
  checkScope(role);
  checkPolicy(role);
  const warnings: (string | false)[] = [
    role.credentialType === 'assumed_role' &&
      !isNarrowed(role) &&
      'sessions may do all that the role may: narrow them by bucket, prefix and verbs, or by policy_document',
    role.credentialType === 'session_token' &&
      'sessions may do all that the configured account may, and do not tell which lease they belong to: prefer assumed_role',
    role.bucket !== '' && role.prefix === '' && 'prefix is empty: the whole bucket is meant',
    role.verbs.includes('write') &&
      !role.verbs.includes('delete') &&
      'write includes writing over what is there, unless the bucket keeps versions',
  ];
  return warnings.filter((warning) => warning !== false);
}

function checkType(role: AwsRole): void {
  const { credentialType, roleArns, externalId, sessionTags, leaseTags } = role;
  if (credentialType === 'iam_user') {
    const instead = 'Use assumed_role: sessions with the same rights, that do';
    invalidSetting('credentialType', `iam_user is not supported: its keys do not end by themselves. ${instead}`);
  }
  if (credentialType === '') invalidSetting('credentialType', `must be one of ${credentialTypes.join(', ')}`);
  if (credentialType === 'assumed_role') {
    if (roleArns.length === 0) invalidSetting('roleArns', 'must be set for assumed_role');
    return;
  }
  if (credentialType === 'federation_token' && !isNarrowed(role)) {
    const otherwise = 'without, sessions may do nothing';
    invalidSetting('policyDocument', `must be set for federation_token, or bucket, or policy_arns: ${otherwise}`);
  }
  if (credentialType === 'session_token' && isNarrowed(role)) {
    invalidSetting('credentialType', 'session_token cannot be narrowed: STS takes no policy for it. Use assumed_role');
  }
  if (roleArns.length > 0) invalidSetting('roleArns', 'goes with assumed_role');
  if (externalId !== '') invalidSetting('externalId', 'goes with assumed_role');
  if (leaseTags) invalidSetting('leaseTags', 'goes with assumed_role');
  if (Object.keys(sessionTags).length > 0) invalidSetting('sessionTags', 'goes with assumed_role');
}

function checkScope({ bucket, prefix, verbs: allowed, policyArns }: AwsRole): void {
  if (bucket === '') {
    if (prefix !== '') invalidSetting('prefix', 'goes with bucket');
    if (allowed.length > 0) invalidSetting('verbs', 'goes with bucket');
    return;
  }
  if (allowed.length === 0) invalidSetting('verbs', `must be set with bucket: some of ${verbs.join(', ')}`);
  const fault = faultOfPrefix(prefix);
  if (fault !== undefined) invalidSetting('prefix', fault);
  if (policyArns.length > 0) {
    invalidSetting('policyArns', 'does not go with bucket: STS would allow what either of them allows, not what both do');
  }
}

function checkPolicy(role: AwsRole): void {
  const { policyDocument, roleArns } = role;
  for (const roleArn of roleArns) {
    if (!roleArn.includes(':role/')) invalidSetting('roleArns', 'holds something that is no ARN of a role');
  }
  const partitions = new Set(roleArns.map(partitionOfArn));
  for (const partition of partitions.size === 0 ? ['aws'] : partitions) {
    try {
      sessionPolicy({ policyDocument, scope: scopeOf(role) }, partition ?? 'aws');
    } catch (error) {
      if (error instanceof PolicyFault) invalidSetting(policyDocument === '' ? 'prefix' : 'policyDocument', error.message);
      throw error;
    }
  }
}
