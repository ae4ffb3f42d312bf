import type { CredentialEngine } from './engine.ts';
import {
  checkOpensearchConnection,
  newOpensearchConnection,
  type OpensearchConnection,
  opensearchConnectionFields,
} from './opensearch/connection.ts';
import { checkOpensearchRole, newOpensearchRole, type OpensearchRole, opensearchRoleFields } from './opensearch/role.ts';
import { type OpensearchHandle, type OpensearchMaterial, OpensearchTarget } from './opensearch/target.ts';
import { newPassword } from './password.ts';

/** Internal users of OpenSearch's security plugin. Every request says its password anew, so that none goes on once its user is gone. */
export const opensearchEngine: CredentialEngine<OpensearchConnection, OpensearchRole, OpensearchMaterial, OpensearchHandle> = {
  kind: 'opensearch',
  summary: 'Internal users of OpenSearch',
  mount: 'database',
  plugins: ['opensearch-database-plugin'],
  traits: { revocation: 'hard', renewable: true, targetExpires: false, naming: 'ours' },
  connection: {
    fields: opensearchConnectionFields,
    initial: newOpensearchConnection,
    address: ['url'],
    clear: ['url', 'username', 'tlsCa', 'plainHttp', 'sendPassword'],
    check: checkOpensearchConnection,
    account: { username: 'username', password: 'password' },
  },
  role: { fields: opensearchRoleFields, initial: newOpensearchRole, check: checkOpensearchRole },
  prepare: (_role, _lease, { random }) => ({ password: newPassword(random) }),
  open: (connection, on) => new OpensearchTarget(connection, on),
};
