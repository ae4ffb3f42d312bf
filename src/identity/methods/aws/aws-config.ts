import { z } from 'zod';
import type { ChangeContext } from '../../../access/operation.ts';
import { secretSchema } from '../../../foundation/bounds.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { invalidField } from '../invalid-field.ts';

/** Which STS is asked, and what requests to it must hold. Empty texts and lists are not set. */
export interface AwsConfig {
  /** Never kept: nothing is asked that needs them. */
  readonly accessKey?: Secret | undefined;
  readonly secretKey?: Secret | undefined;
  /** Whom callers must name in their signed requests; another text for each server. Nobody logs in without. */
  readonly iamServerIdHeaderValue: string;
  /** `eu-central-1`; empty: the global endpoint, which is that of us-east-1. */
  readonly stsRegion: string;
  /** Whose STS is asked besides, where callers signed for it. */
  readonly allowedStsRegions: readonly string[];
  readonly useStsRegionFromClient: false;
  /** Instead of AWS's own. */
  readonly stsEndpoint: string;
  /** Further headers that are passed on, in lower case. */
  readonly allowedStsHeaderValues: readonly string[];
  /** Whether {@link stsEndpoint} may be at a private address, and plain HTTP. */
  readonly internal: boolean;
}

const REGION = /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/;
/** What a connection is about: passed on, it would change what the request is. */
const NEVER_PASSED_ON =
  /^(?:host|content-(?:length|encoding)|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|accept|accept-encoding|proxy-.*|x-forwarded-.*)$/;

export const awsConfigFields = {
  accessKey: secretSchema,
  secretKey: secretSchema,
  iamServerIdHeaderValue: z
    .string()
    .max(256)
    .regex(/^[\x21-\x7e]*$/, 'must be visible ASCII without blanks'),
  stsRegion: z.union([z.literal(''), z.string().max(32).regex(REGION)], 'must be a region such as eu-central-1'),
  allowedStsRegions: z.array(z.string().max(32).regex(REGION, 'holds something that is no region')).max(64),
  useStsRegionFromClient: z.literal(false, 'is not supported: name the regions of callers in allowed_sts_regions'),
  stsEndpoint: z.string().max(1024),
  allowedStsHeaderValues: z
    .array(
      z
        .string()
        .max(128)
        .toLowerCase()
        .regex(/^[a-z0-9-]+$/, 'holds something that is no name of a header'),
    )
    .max(32),
  internal: z.boolean(),
};

export const newAwsConfig: AwsConfig = {
  iamServerIdHeaderValue: '',
  stsRegion: '',
  allowedStsRegions: [],
  useStsRegionFromClient: false,
  stsEndpoint: '',
  allowedStsHeaderValues: [],
  internal: false,
};

/** @throws WatchwordError `login.invalid` */
export function checkedAwsConfig(
  { accessKey, secretKey, ...config }: AwsConfig,
  { warn }: Pick<ChangeContext, 'warn'>,
): AwsConfig {
  if (accessKey !== undefined || secretKey !== undefined) {
    warn('the access key was thrown away: logins need none, and what is not kept cannot leak; delete it at AWS');
  }
  if (config.allowedStsHeaderValues.some((name) => NEVER_PASSED_ON.test(name))) {
    invalidField('allowedStsHeaderValues', 'holds a header that must not be passed on');
  }
  checkEndpoint(config);
  if (config.stsEndpoint !== '') {
    warn('sts_endpoint: whoever answers there says who callers are; without it AWS itself is asked');
  }
  if (config.iamServerIdHeaderValue === '') warn('iam_server_id_header_value is empty: nobody can log in until it is set');
  return config;
}

function checkEndpoint({ stsEndpoint, internal, allowedStsRegions }: AwsConfig): void {
  if (stsEndpoint === '') {
    if (internal) invalidField('internal', 'goes with sts_endpoint: the STS of AWS is at public addresses');
    return;
  }
  const url = URL.canParse(stsEndpoint) ? new URL(stsEndpoint) : undefined;
  const plain = url?.protocol === 'http:' && internal;
  // As text: the parser would forgive what somebody else reads otherwise.
  const bare = /^https?:\/\/[a-zA-Z0-9.-]+(?::\d{1,5})?\/?$/.test(stsEndpoint);
  if (url === undefined || !bare || (url.protocol !== 'https:' && !plain)) {
    invalidField('stsEndpoint', 'must be an https URL without a path');
  }
  if (allowedStsRegions.length > 0) {
    invalidField('allowedStsRegions', 'goes with the STS of AWS: one endpoint is that of one region');
  }
}

const told = ['account_id', 'auth_type', 'canonical_arn', 'client_arn', 'client_user_id'] as const;
type Told = (typeof told)[number];

/** How the identity store knows callers, and what it and their tokens tell of them. */
export interface AwsIdentityConfig {
  /** `role_id`: all who log in by a role are one. The end of a full ARN is chosen by whoever assumed the role. */
  readonly iamAlias: 'role_id' | 'unique_id' | 'canonical_arn' | 'full_arn';
  readonly iamMetadata: readonly (Told | 'default')[];
}

export const awsIdentityFields = {
  iamAlias: z.enum(['role_id', 'unique_id', 'canonical_arn', 'full_arn']),
  iamMetadata: z.array(z.enum([...told, 'default'])).max(16),
};

/** Without the full ARN, whose end changes with each session. */
export const newAwsIdentityConfig: AwsIdentityConfig = {
  iamAlias: 'unique_id',
  iamMetadata: ['account_id', 'auth_type', 'canonical_arn', 'client_user_id'],
};

export function checkedAwsIdentityConfig(config: AwsIdentityConfig, { warn }: Pick<ChangeContext, 'warn'>): AwsIdentityConfig {
  const { iamAlias, iamMetadata } = config;
  if (iamAlias === 'full_arn') warn('iam_alias: the end of a full ARN is chosen by whoever assumes the role');
  if (iamAlias === 'canonical_arn') warn('iam_alias: a role that is deleted and made again keeps its ARN, and becomes the same');
  if (!iamMetadata.includes('default')) return config;
  return { ...config, iamMetadata: newAwsIdentityConfig.iamMetadata };
}
