import { z } from 'zod';
import { WatchwordError } from '../../../foundation/errors.ts';
import type { Clock } from '../../../foundation/ports.ts';
import type { LeaseFacts } from '../engine.ts';
import { PolicyFault } from './policy-document.ts';
import { type AwsRole, scopeOf } from './role.ts';
import { faultOfKey, faultOfPrefix, type Scope, type Verb, verbs } from './scope.ts';
import { partitionOfArn, sessionPolicy } from './session-policy.ts';

/** What STS gives at least. */
export const SHORTEST_SESSION = 900;
/** What it gives at most: of a role, and of a user. */
const LONGEST_OF_ROLE = 43_200;
const LONGEST_OF_USER = 129_600;

/** One request that whoever has the URL can make. */
export interface Presigning {
  readonly method: 'GET' | 'PUT';
  readonly key: string;
  /** For how long the URL is good; at most until the lease ends. */
  readonly seconds: number;
}

/** What was asked for, and was found to be within the role. */
export interface AwsMaterial {
  /** Empty where no role is assumed. */
  readonly roleArn: string;
  /** No wider than the role's; null where the role has to do with no bucket. */
  readonly scope: Scope | null;
  /** Null where the caller gets the keys themselves. */
  readonly presigning: Presigning | null;
}

/** Empty texts are not set. */
export interface AwsRequest {
  readonly roleArn?: string | undefined;
  readonly roleSessionName?: string | undefined;
  readonly prefix?: string | undefined;
  readonly verbs?: readonly Verb[] | undefined;
  readonly presign?: 'GET' | 'PUT' | '' | undefined;
  readonly key?: string | undefined;
  readonly presignTtl?: number | undefined;
}

export const awsRequestFields = {
  roleArn: z.string().max(2048).optional(),
  roleSessionName: z.literal('', 'is not supported: sessions are called as their leases').optional(),
  prefix: z.string().max(512).optional(),
  verbs: z.array(z.enum(verbs, 'must be of read, list, write, delete')).max(16).optional(),
  presign: z.enum(['GET', 'PUT', ''], 'must be GET or PUT').optional(),
  key: z.string().max(1024).optional(),
  presignTtl: z.int().min(0).max(LONGEST_OF_USER).optional(),
};

function refuse(where: string, message: string): never {
  throw new WatchwordError('request.invalid', `${where}: ${message}`, { where });
}

/** @throws WatchwordError `request.invalid` for whatever is not within the role */
export function materialFor(role: AwsRole, lease: LeaseFacts, clock: Clock, request: AwsRequest): AwsMaterial {
  const roleArn = roleArnFor(role, request);
  const scope = narrowed(role, request) ?? null;
  const seconds = Math.round((lease.expiresAt - clock.now()) / 1000);
  const longest = role.credentialType === 'assumed_role' ? LONGEST_OF_ROLE : LONGEST_OF_USER;
  const presigning = presigningFor(scope, { left: seconds, longest }, request);
  if (presigning === null) checkLifetime(seconds, longest);
  checkPolicy(role, roleArn, scope);
  return { roleArn, scope, presigning };
}

function checkLifetime(seconds: number, longest: number): void {
  if (seconds < SHORTEST_SESSION) {
    const instead = 'a pre-signed URL (presign) can be as short as you like';
    refuse('ttl', `STS gives no sessions for less than ${SHORTEST_SESSION} seconds; ${instead}`);
  }
  if (seconds > longest) {
    refuse('ttl', `STS gives no sessions for more than ${longest} seconds: set default_sts_ttl in the role, or ask for less`);
  }
}

function roleArnFor({ credentialType, roleArns }: AwsRole, { roleArn = '' }: AwsRequest): string {
  if (credentialType !== 'assumed_role') return roleArn === '' ? '' : refuse('role_arn', 'this role assumes none');
  const [only = '', ...more] = roleArns;
  if (roleArn === '') return more.length === 0 ? only : refuse('role_arn', 'must say which one of role_arns');
  return roleArns.includes(roleArn) ? roleArn : refuse('role_arn', 'is not one of role_arns');
}

function narrowed(role: AwsRole, { prefix = '', verbs: said }: AwsRequest): Scope | undefined {
  if (said?.length === 0) refuse('verbs', 'is empty: leave it out for all that the role gives');
  const asked = said ?? [];
  const scope = scopeOf(role);
  if (scope === undefined) {
    if (prefix !== '') refuse('prefix', 'this role names no bucket that a prefix could be in');
    if (asked.length > 0) refuse('verbs', 'this role names no bucket that verbs could be about');
    return undefined;
  }
  const fault = faultOfPrefix(prefix);
  if (fault !== undefined) refuse('prefix', fault);
  if (prefix !== '' && !prefix.startsWith(scope.prefix))
    refuse('prefix', `must begin with ${scope.prefix}, the prefix of the role`);
  const beyond = asked.filter((verb) => !scope.verbs.includes(verb));
  if (beyond.length > 0) refuse('verbs', `this role does not allow ${beyond.join(', ')}`);
  return {
    bucket: scope.bucket,
    prefix: prefix === '' ? scope.prefix : prefix,
    verbs: asked.length === 0 ? scope.verbs : scope.verbs.filter((verb) => asked.includes(verb)),
  };
}

function presigningFor(
  scope: Scope | null,
  { left, longest }: { readonly left: number; readonly longest: number },
  { presign = '', key = '', presignTtl = 0 }: AwsRequest,
): Presigning | null {
  if (presign === '') {
    if (key !== '') refuse('key', 'goes with presign');
    if (presignTtl !== 0) refuse('presign_ttl', 'goes with presign');
    return null;
  }
  if (scope === null) return refuse('presign', 'this role names no bucket');
  const verb = presign === 'GET' ? 'read' : 'write';
  if (!scope.verbs.includes(verb)) refuse('presign', `${presign} needs the verb ${verb}`);
  const fault = faultOfKey(key);
  if (fault !== undefined) refuse('key', fault);
  if (!key.startsWith(scope.prefix)) refuse('key', `must begin with ${scope.prefix}`);
  if (presignTtl > left) refuse('presign_ttl', `is longer than the lease, which has ${left} seconds`);
  if (presignTtl > longest) refuse('presign_ttl', `is longer than STS gives sessions for, which is ${longest} seconds`);
  return { method: presign, key, seconds: Math.min(presignTtl === 0 ? left : presignTtl, longest) };
}

function checkPolicy({ policyDocument }: AwsRole, roleArn: string, scope: Scope | null): void {
  try {
    sessionPolicy({ policyDocument, scope: scope ?? undefined }, partitionOfArn(roleArn) ?? 'aws');
  } catch (error) {
    if (error instanceof PolicyFault) refuse('prefix', `with the policy_document of the role it ${error.message}`);
    throw error;
  }
}
