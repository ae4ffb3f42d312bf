import type { CredentialEngine } from './engine.ts';
import {
  checkOpenrouterConnection,
  newOpenrouterConnection,
  type OpenrouterConnection,
  openrouterConnectionFields,
} from './openrouter/connection.ts';
import { checkOpenrouterRole, newOpenrouterRole, type OpenrouterRole, openrouterRoleFields } from './openrouter/role.ts';
import { type OpenrouterHandle, type OpenrouterMaterial, OpenrouterTarget } from './openrouter/target.ts';

/** API keys of OpenRouter, each with a limit of its own on what it may spend. */
export const openrouterEngine: CredentialEngine<OpenrouterConnection, OpenrouterRole, OpenrouterMaterial, OpenrouterHandle> = {
  kind: 'openrouter',
  summary: 'API keys of OpenRouter, each with a limit on what it may spend',
  mount: 'openrouter',
  traits: { revocation: 'hard', renewable: false, targetExpires: true, naming: 'theirs' },
  usualTtl: 3600,
  connection: {
    fields: openrouterConnectionFields,
    initial: newOpenrouterConnection,
    address: ['apiUrl', 'workspaceId'],
    clear: ['workspaceId', 'apiUrl', 'tlsCa', 'internal'],
    check: checkOpenrouterConnection,
  },
  role: { fields: openrouterRoleFields, initial: newOpenrouterRole, check: checkOpenrouterRole },
  prepare: () => ({}),
  open: (connection, on) => new OpenrouterTarget(connection, on),
};
