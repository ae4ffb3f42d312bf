import { type AwsConnection, awsConnectionFields, checkAwsConnection, newAwsConnection } from './aws/connection.ts';
import { type AwsMaterial, type AwsRequest, awsRequestFields, materialFor } from './aws/request.ts';
import { type AwsRole, awsRoleFields, checkAwsRole, newAwsRole } from './aws/role.ts';
import { type AwsHandle, AwsTarget } from './aws/target.ts';
import type { CredentialEngine } from './engine.ts';

/** Sessions of AWS's STS, and of the servers that speak as it does: Ceph, MinIO. */
export const awsEngine: CredentialEngine<AwsConnection, AwsRole, AwsMaterial, AwsHandle> = {
  kind: 'aws',
  summary: 'AWS, Ceph, MinIO: sessions of STS for one part of a bucket, and pre-signed URLs',
  mount: 'aws',
  connectionName: 'root',
  traits: { revocation: 'expiry-only', renewable: false, targetExpires: true, naming: 'ours' },
  usualTtl: 3600,
  connection: {
    fields: awsConnectionFields,
    initial: newAwsConnection,
    address: ['region', 'stsRegion', 'stsEndpoint', 's3Endpoint'],
    clear: [
      'accessKey',
      'region',
      'stsRegion',
      'stsEndpoint',
      's3Endpoint',
      'iamEndpoint',
      'maxRetries',
      'roleArn',
      'identityTokenAudience',
      'identityTokenTtl',
      'usernameTemplate',
      'internal',
      'plainHttp',
      'tlsCa',
    ],
    check: checkAwsConnection,
  },
  role: { fields: awsRoleFields, initial: newAwsRole, check: checkAwsRole },
  request: { fields: awsRequestFields },
  prepare: (role, lease, { clock }, request) => materialFor(role, lease, clock, request as AwsRequest),
  open: (connection, on) => new AwsTarget(connection, on),
};
