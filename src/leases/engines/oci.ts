import type { CredentialEngine } from './engine.ts';
import {
  checkOciConnection,
  completeOciConnection,
  newOciConnection,
  type OciConnection,
  ociConnectionFields,
} from './oci/connection.ts';
import { type OciMaterial, type OciRequest, ociRequestFields, prepareToken } from './oci/request.ts';
import { checkOciRole, newOciRole, type OciRole, ociRoleFields } from './oci/role.ts';
import { type OciHandle, OciTarget } from './oci/target.ts';

/** Tokens for registries of container images and other OCI artefacts, which believe whoever has signed and ask nobody. */
export const ociEngine: CredentialEngine<OciConnection, OciRole, OciMaterial, OciHandle> = {
  kind: 'oci',
  summary: 'OCI (Docker) registries: tokens for named repositories',
  mount: 'oci',
  connectionName: 'registry',
  traits: { revocation: 'expiry-only', renewable: false, targetExpires: true, naming: 'ours' },
  usualTtl: 900,
  connection: {
    fields: ociConnectionFields,
    initial: newOciConnection,
    address: ['url'],
    public: 'certificate',
    clear: ['url', 'service', 'issuer', 'leeway', 'certificate', 'tlsCa'],
    complete: completeOciConnection,
    check: checkOciConnection,
  },
  role: { fields: ociRoleFields, initial: newOciRole, check: checkOciRole },
  request: { fields: ociRequestFields },
  prepare: (role, _lease, on, request) => prepareToken(role, on, request as OciRequest),
  open: (connection, on) => new OciTarget(connection, on),
};
