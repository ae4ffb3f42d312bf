import type { CredentialEngine } from './engine.ts';
import {
  checkOpenaiConnection,
  newOpenaiConnection,
  type OpenaiConnection,
  openaiConnectionFields,
} from './openai/connection.ts';
import { checkOpenaiRole, newOpenaiRole, type OpenaiRole, openaiRoleFields } from './openai/role.ts';
import { type OpenaiHandle, type OpenaiMaterial, OpenaiTarget } from './openai/target.ts';

/** API keys of OpenAI, each of a service account of its own. */
export const openaiEngine: CredentialEngine<OpenaiConnection, OpenaiRole, OpenaiMaterial, OpenaiHandle> = {
  kind: 'openai',
  summary: 'API keys of OpenAI, each of a service account of its own',
  mount: 'openai',
  traits: { revocation: 'hard', renewable: false, targetExpires: true, naming: 'theirs' },
  usualTtl: 3600,
  connection: {
    fields: openaiConnectionFields,
    initial: newOpenaiConnection,
    address: ['apiUrl', 'projectId'],
    clear: ['projectId', 'apiUrl', 'tlsCa', 'internal'],
    check: checkOpenaiConnection,
  },
  role: { fields: openaiRoleFields, initial: newOpenaiRole, check: checkOpenaiRole },
  prepare: () => ({}),
  open: (connection, on) => new OpenaiTarget(connection, on),
};
