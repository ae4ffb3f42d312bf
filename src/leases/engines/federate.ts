import type { CredentialEngine } from './engine.ts';
import {
  checkFederateConnection,
  type FederateConnection,
  federateConnectionFields,
  newFederateConnection,
} from './federate/connection.ts';
import { checkFederateRole, type FederateRole, federateRoleFields, newFederateRole } from './federate/role.ts';
import { type FederateHandle, type FederateMaterial, FederateTarget } from './federate/target.ts';

/** Tokens of others, given for a token of our own issuer: nothing secret is kept to get them. */
export const federateEngine: CredentialEngine<FederateConnection, FederateRole, FederateMaterial, FederateHandle> = {
  kind: 'federate',
  summary: 'Tokens of targets that believe this server’s issuer: model providers, clouds, any OAuth server',
  mount: 'federate',
  traits: { revocation: 'expiry-only', renewable: false, targetExpires: true, naming: 'ours' },
  usualTtl: 3600,
  connection: {
    fields: federateConnectionFields,
    initial: newFederateConnection,
    address: ['preset', 'tokenUrl'],
    clear: ['preset', 'tokenUrl', 'audience', 'oidcRole', 'grant', 'encoding', 'clientId', 'parameters', 'tlsCa', 'internal'],
    check: checkFederateConnection,
  },
  role: { fields: federateRoleFields, initial: newFederateRole, check: checkFederateRole },
  prepare: () => ({}),
  open: (connection, on) => new FederateTarget(connection, on),
};
