import { z } from 'zod';
import { secretSchema } from '../../../foundation/bounds.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { checkEndpoint, invalidSetting } from './endpoint.ts';

/** Whose STS is asked, and by whom. Empty texts are not set. */
export interface AwsConnection {
  /** A user's key: not secret, and told to readers. */
  readonly accessKey: string;
  readonly secretKey?: Secret | undefined;
  /** `eu-central-1`: of S3, and of STS where {@link stsRegion} says nothing. Empty: `us-east-1`. */
  readonly region: string;
  readonly stsRegion: string;
  /** Instead of AWS's own. */
  readonly stsEndpoint: string;
  /** Where pre-signed URLs lead. Empty: where {@link stsEndpoint} is, or AWS's own. */
  readonly s3Endpoint: string;
  /** Kept for clients that set it; nothing is asked of IAM. */
  readonly iamEndpoint: string;
  /** After STS said that it has too much to do; -1 = two. */
  readonly maxRetries: number;
  /** Vault's way to do without keys. */
  readonly roleArn: '';
  readonly identityTokenAudience: '';
  readonly identityTokenTtl: number;
  readonly usernameTemplate: '';
  /** Whether the endpoints may be at private addresses. */
  readonly internal: boolean;
  /** Whether they may be plain HTTP beyond this machine. */
  readonly plainHttp: boolean;
  /** PEM of the only authorities that are believed. */
  readonly tlsCa: string;
}

const region = z
  .string()
  .max(32)
  .regex(/^(?:[a-z0-9]+(?:-[a-z0-9]+)*)?$/, 'must be a region such as eu-central-1');
const url = z.string().max(1024);
const NO_TOKEN =
  'is not supported: set access_key and secret_key, or let workloads take a token of identity/oidc to STS themselves (AssumeRoleWithWebIdentity)';

export const awsConnectionFields = {
  accessKey: z
    .string()
    .max(128)
    .regex(/^[\w.@-]*$/, 'must be the id of an access key'),
  secretKey: secretSchema.optional(),
  region,
  stsRegion: region,
  stsEndpoint: url,
  s3Endpoint: url,
  iamEndpoint: url,
  maxRetries: z.int().min(-1).max(10),
  roleArn: z.literal('', NO_TOKEN),
  identityTokenAudience: z.literal('', NO_TOKEN),
  identityTokenTtl: z.int().min(0).max(86_400),
  usernameTemplate: z.literal('', 'is not supported: no users are made; sessions are called as their leases'),
  internal: z.boolean(),
  plainHttp: z.boolean(),
  tlsCa: z.string().max(65_536),
};

export const newAwsConnection: AwsConnection = {
  accessKey: '',
  region: '',
  stsRegion: '',
  stsEndpoint: '',
  s3Endpoint: '',
  iamEndpoint: '',
  maxRetries: -1,
  roleArn: '',
  identityTokenAudience: '',
  identityTokenTtl: 0,
  usernameTemplate: '',
  internal: false,
  plainHttp: false,
  tlsCa: '',
};

/** @throws WatchwordError `engine.invalid` */
export function checkAwsConnection(connection: AwsConnection): void {
  const { accessKey, secretKey, stsEndpoint, s3Endpoint, internal, plainHttp } = connection;
  if (accessKey === '') invalidSetting('accessKey', 'must be set');
  if (secretKey === undefined || secretKey.length === 0) invalidSetting('secretKey', 'must be set');
  if ((internal || plainHttp) && stsEndpoint === '' && s3Endpoint === '') {
    invalidSetting(
      internal ? 'internal' : 'plainHttp',
      'goes with sts_endpoint or s3_endpoint: those of AWS are at public addresses',
    );
  }
  checkEndpoint('stsEndpoint', stsEndpoint, connection);
  checkEndpoint('s3Endpoint', s3Endpoint, connection);
  if (connection.tlsCa !== '' && !connection.tlsCa.includes('-----BEGIN CERTIFICATE-----')) {
    invalidSetting('tlsCa', 'must be certificates in PEM');
  }
}
