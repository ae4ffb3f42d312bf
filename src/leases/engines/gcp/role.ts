import { z } from 'zod';
import { invalidSetting } from '../invalid-setting.ts';
import { faultOfPrefix, isTooLong, type Scope, type Verb, verbs } from './boundary.ts';
import { accountEmail } from './service-account-key.ts';

/** Whose tokens are given, and for what. Empty texts and lists are not set. */
export interface GcpRole {
  readonly serviceAccountEmail: string;
  readonly tokenScopes: readonly string[];
  /** With a bucket, tokens do nothing but {@link verbs} in that part of it. */
  readonly bucket: string;
  readonly prefix: string;
  readonly verbs: readonly Verb[];
}

export const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform';

const scopeSchema = z
  .string()
  .max(256)
  .regex(
    /^https:\/\/(?:www\.googleapis\.com\/auth\/[a-z0-9._-]+|mail\.google\.com\/)$/,
    'holds something that is no scope of Google',
  );

export const gcpRoleFields = {
  serviceAccountEmail: z.string().max(254),
  tokenScopes: z.array(scopeSchema).max(64),
  bucket: z
    .string()
    .regex(/^(?:[a-z0-9](?:[a-z0-9._-]{1,220}[a-z0-9]))?$/, 'must be the name of a bucket')
    .max(222),
  prefix: z.string().max(512),
  verbs: z.array(z.enum(verbs, `must be of ${verbs.join(', ')}`)).max(16),
} satisfies z.ZodRawShape;

export const newGcpRole: GcpRole = { serviceAccountEmail: '', tokenScopes: [], bucket: '', prefix: '', verbs: [] };

/** Undefined where the role has to do with no bucket. */
export function scopeOf({ bucket, prefix, verbs: allowed }: GcpRole): Scope | undefined {
  return bucket === '' ? undefined : { bucket, prefix, verbs: verbs.filter((verb) => allowed.includes(verb)) };
}

/** @throws WatchwordError `engine.invalid` */
export function checkGcpRole(role: GcpRole): readonly string[] {
  const { serviceAccountEmail, tokenScopes, bucket, prefix } = role;
  if (!accountEmail.safeParse(serviceAccountEmail).success) {
    invalidSetting('service_account_email', 'must be the address of the service account whose tokens are given');
  }
  checkScope(role);
  const warnings: (string | false)[] = [
    tokenScopes.includes(CLOUD_PLATFORM) &&
      bucket === '' &&
      'token_scopes holds cloud-platform: tokens may do all that the service account may. Name a narrower one, or a bucket',
    bucket !== '' && prefix === '' && 'prefix is empty: the whole bucket is meant',
    prefix !== '' && !prefix.endsWith('/') && `prefix ends without a slash: ${prefix}-and-more is meant as well`,
  ];
  return warnings.filter((warning) => warning !== false);
}

function checkScope(role: GcpRole): void {
  const { tokenScopes, bucket, prefix, verbs: allowed } = role;
  const scope = scopeOf(role);
  if (scope === undefined) {
    if (prefix !== '') invalidSetting('prefix', 'goes with bucket');
    if (allowed.length > 0) invalidSetting('verbs', 'goes with bucket');
    if (tokenScopes.length === 0) invalidSetting('token_scopes', 'must be set, such as https://www.googleapis.com/auth/pubsub');
    return;
  }
  if (allowed.length === 0) invalidSetting('verbs', `must be set with bucket: some of ${verbs.join(', ')}`);
  if (tokenScopes.some((one) => one !== CLOUD_PLATFORM)) {
    invalidSetting('token_scopes', 'does not go with bucket: what a token may do there is said by verbs');
  }
  const fault = faultOfPrefix(prefix);
  if (fault !== undefined) invalidSetting('prefix', fault);
  if (isTooLong(scope)) invalidSetting('prefix', `is too long for Google's boundaries, with the bucket ${bucket}`);
}
