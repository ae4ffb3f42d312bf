import type { CredentialEngine } from './engine.ts';
import { checkGcpConnection, type GcpConnection, gcpConnectionFields, newGcpConnection } from './gcp/connection.ts';
import { type GcpMaterial, type GcpRequest, gcpRequestFields, materialFor } from './gcp/request.ts';
import { checkGcpRole, type GcpRole, gcpRoleFields, newGcpRole } from './gcp/role.ts';
import { type GcpHandle, GcpTarget } from './gcp/target.ts';

/** Access tokens of service accounts of Google Cloud, and of parts of what they may do in Cloud Storage. */
export const gcpEngine: CredentialEngine<GcpConnection, GcpRole, GcpMaterial, GcpHandle> = {
  kind: 'gcp',
  summary: 'Google Cloud: access tokens of service accounts, also for one part of a bucket',
  mount: 'gcp',
  connectionName: 'config',
  traits: { revocation: 'expiry-only', renewable: false, targetExpires: true, naming: 'ours' },
  usualTtl: 3600,
  connection: {
    fields: gcpConnectionFields,
    initial: newGcpConnection,
    address: ['oauthEndpoint', 'iamCredentialsEndpoint', 'stsEndpoint'],
    clear: ['oauthEndpoint', 'iamCredentialsEndpoint', 'stsEndpoint', 'internal', 'tlsCa'],
    check: checkGcpConnection,
  },
  role: { fields: gcpRoleFields, initial: newGcpRole, check: checkGcpRole },
  request: { fields: gcpRequestFields },
  prepare: (role, _lease, _on, request) => materialFor(role, request as GcpRequest),
  open: (connection, on) => new GcpTarget(connection, on),
};
