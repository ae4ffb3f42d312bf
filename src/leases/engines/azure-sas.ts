import {
  type AzureSasConnection,
  azureSasConnectionFields,
  checkAzureSasConnection,
  newAzureSasConnection,
} from './azure-sas/connection.ts';
import { type AzureSasMaterial, type AzureSasRequest, azureSasRequestFields, materialFor } from './azure-sas/request.ts';
import { type AzureSasRole, azureSasRoleFields, checkAzureSasRole, newAzureSasRole } from './azure-sas/role.ts';
import { type AzureSasHandle, AzureSasTarget } from './azure-sas/target.ts';
import type { CredentialEngine } from './engine.ts';

/**
 * Shared access signatures for blobs, signed with the key of a storage account. Azure is told nothing of them, so nothing can be taken
 * back: stored access policies could, and a container holds five of them.
 */
export const azureSasEngine: CredentialEngine<AzureSasConnection, AzureSasRole, AzureSasMaterial, AzureSasHandle> = {
  kind: 'azure-sas',
  summary: 'Azure Storage: shared access signatures for a container, a directory or one blob',
  mount: 'azure-sas',
  connectionName: 'account',
  traits: { revocation: 'expiry-only', renewable: false, targetExpires: true, naming: 'ours' },
  usualTtl: 3600,
  connection: {
    fields: azureSasConnectionFields,
    initial: newAzureSasConnection,
    address: ['account', 'endpoint'],
    clear: ['account', 'endpoint', 'tlsCa'],
    check: checkAzureSasConnection,
  },
  role: { fields: azureSasRoleFields, initial: newAzureSasRole, check: checkAzureSasRole },
  request: { fields: azureSasRequestFields },
  prepare: (role, _lease, { clock }, request) => materialFor(role, clock, request as AzureSasRequest),
  open: (connection, on) => new AzureSasTarget(connection, on),
};
