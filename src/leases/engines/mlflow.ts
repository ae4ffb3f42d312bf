import type { CredentialEngine } from './engine.ts';
import {
  checkMlflowConnection,
  type MlflowConnection,
  mlflowConnectionFields,
  newMlflowConnection,
} from './mlflow/connection.ts';
import { checkMlflowRole, type MlflowRole, mlflowRoleFields, newMlflowRole } from './mlflow/role.ts';
import { type MlflowHandle, type MlflowMaterial, MlflowTarget } from './mlflow/target.ts';
import { newPassword } from './password.ts';

/** Users of an MLflow server that runs with its basic authentication, and what they may do with experiments and registered models. */
export const mlflowEngine: CredentialEngine<MlflowConnection, MlflowRole, MlflowMaterial, MlflowHandle> = {
  kind: 'mlflow',
  summary: 'Users of an MLflow tracking server and model registry',
  mount: 'mlflow',
  traits: { revocation: 'hard', renewable: true, targetExpires: false, naming: 'ours' },
  connection: {
    fields: mlflowConnectionFields,
    initial: newMlflowConnection,
    address: ['url'],
    clear: ['url', 'username', 'tlsCa', 'plainHttp'],
    check: checkMlflowConnection,
    account: { username: 'username', password: 'password' },
  },
  role: { fields: mlflowRoleFields, initial: newMlflowRole, check: checkMlflowRole },
  prepare: (_role, _lease, { random }) => ({ password: newPassword(random) }),
  open: (connection, on) => new MlflowTarget(connection, on),
};
