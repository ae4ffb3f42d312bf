import type { CredentialEngine } from './engine.ts';
import {
  checkKubernetesConnection,
  type KubernetesConnection,
  kubernetesConnectionFields,
  newKubernetesConnection,
} from './kubernetes/connection.ts';
import { type KubernetesMaterial, type KubernetesRequest, kubernetesRequestFields, materialFor } from './kubernetes/request.ts';
import { checkKubernetesRole, type KubernetesRole, kubernetesRoleFields, newKubernetesRole } from './kubernetes/role.ts';
import { type KubernetesHandle, KubernetesTarget } from './kubernetes/target.ts';

/** Tokens of service accounts that exist, by the TokenRequest API. */
export const kubernetesEngine: CredentialEngine<KubernetesConnection, KubernetesRole, KubernetesMaterial, KubernetesHandle> = {
  kind: 'kubernetes',
  summary: 'Kubernetes: tokens of service accounts',
  mount: 'kubernetes',
  connectionName: 'config',
  traits: { revocation: 'expiry-only', renewable: false, targetExpires: true, naming: 'ours' },
  usualTtl: 3600,
  connection: {
    fields: kubernetesConnectionFields,
    initial: newKubernetesConnection,
    address: ['kubernetesHost'],
    clear: ['kubernetesHost', 'kubernetesCaCert', 'disableLocalCaJwt'],
    check: checkKubernetesConnection,
  },
  role: { fields: kubernetesRoleFields, initial: newKubernetesRole, check: checkKubernetesRole },
  request: { fields: kubernetesRequestFields },
  prepare: (role, lease, { clock }, request) => materialFor(role, lease, clock, request as KubernetesRequest),
  open: (connection, on) => new KubernetesTarget(connection, on),
};
