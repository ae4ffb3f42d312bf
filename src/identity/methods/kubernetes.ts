import { z } from 'zod';
import { definePreparedChange } from '../../access/operation.ts';
import { nameSchema, secretSchema } from '../../foundation/bounds.ts';
import { GuardedRecords } from '../../keyring/mount-records.ts';
import type { IssuedToken } from '../contract.ts';
import type { RefusalReasons } from '../login-refusal.ts';
import { warnOfFindings } from '../logins/role-lint.ts';
import { platformReasons } from '../platforms/platform-reasons.ts';
import { CONFIG, type ConfigOperationTypes, configOperations } from './config-operations.ts';
import {
  checkedKubernetesConfig,
  type KubernetesConfig,
  kubernetesConfigFields,
  newKubernetesConfig,
} from './kubernetes/kubernetes-config.ts';
import { type KubernetesLogin, KubernetesLogins } from './kubernetes/kubernetes-logins.ts';
import {
  checkKubernetesRole,
  type KubernetesRole,
  kubernetesRoleFields,
  lintKubernetesRole,
  newKubernetesRole,
} from './kubernetes/kubernetes-role.ts';
import type { AuthMethod } from './method.ts';
import { type RoleOperationTypes, roleOperations } from './role-operations.ts';

declare module '../../access/operation-types.ts' {
  interface OperationTypes
    extends RoleOperationTypes<'kubernetes.roles', KubernetesRole>,
      ConfigOperationTypes<'kubernetes.config', KubernetesConfig> {
    'kubernetes.login': { input: KubernetesLogin; output: IssuedToken };
  }
}

const reasons: RefusalReasons = {
  ...platformReasons,
  'kubernetes.unconfigured': 'The mount has no cluster yet.',
  'kubernetes.namespace': 'The role does not admit the namespace.',
  'kubernetes.name': 'The role does not admit the service account.',
  'kubernetes.uid': 'The service account has the right name and another uid: it was made anew, or is of another cluster.',
  'kubernetes.node': 'The role does not admit the node, or the token does not name one.',
  'kubernetes.pod': 'The role admits tokens of pods only, and this one is bound to none.',
  'kubernetes.unreachable': 'The API server does not answer, or with an error.',
  'kubernetes.busy': 'Too many logins wait for the API server to be asked.',
  'kubernetes.answer': 'What the API server answers is no TokenReview.',
  'kubernetes.reviewer': 'The API server does not let the reviewer ask about tokens.',
  'kubernetes.not-authenticated': 'The API server says that the token is not good: expired, or its pod or account is gone.',
  'kubernetes.audience': 'The API server does not confirm the audience.',
  'kubernetes.other-account': 'The API server says that the token is of another account than the token itself says.',
};

/** Pods of a cluster, by the service account token that the cluster put into them. */
export const kubernetesMethod: AuthMethod = {
  kind: 'kubernetes',
  summary: 'pods of a Kubernetes cluster, by their service account token',
  vouching: 'platform',
  reasons,
  lint: (role, config) => lintKubernetesRole(role as KubernetesRole, config as KubernetesConfig | undefined),
  operations(on) {
    const configs = new GuardedRecords<KubernetesConfig>(on.records, 'config');
    const roles = new GuardedRecords<KubernetesRole>(on.records, 'role');
    const logins = new KubernetesLogins(on, configs, roles);
    return [
      ...configOperations<KubernetesConfig>({
        prefix: 'kubernetes.config',
        path: 'config',
        records: configs,
        fields: kubernetesConfigFields,
        initial: newKubernetesConfig,
        replaces: true,
        clear: ['kubernetesHost', 'issuer', 'review', 'cluster', 'defaultAudience', 'jwksUrl', 'internal'],
        check: checkedKubernetesConfig,
      }),
      ...roleOperations<KubernetesRole>({
        prefix: 'kubernetes.roles',
        noun: 'role',
        path: 'role',
        records: roles,
        fields: kubernetesRoleFields,
        initial: newKubernetesRole,
        clear: ['policies', 'boundServiceAccountNames', 'boundServiceAccountNamespaces', 'audience', 'owner'],
        check: async (role, context) => {
          const config = await configs.find(context.tx, context.mount, CONFIG);
          checkKubernetesRole(role, config);
          warnOfFindings(lintKubernetesRole(role, config), context);
        },
      }),
      definePreparedChange<'kubernetes.login'>({
        name: 'kubernetes.login',
        summary: 'Log in with the service account token of a pod.',
        authentication: 'none',
        capability: 'update',
        input: z.object({ role: nameSchema, jwt: secretSchema }),
        attempt: { of: ({ role }) => role, guessable: false },
        path: (_input, mount) => `${mount.path}login`,
        event: { class: 'login', activity: 'login', clear: ['role'] },
        prepare: (input, context) => logins.login(input, context),
      }),
    ];
  },
};
