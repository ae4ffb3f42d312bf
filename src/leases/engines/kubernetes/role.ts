import { z } from 'zod';
import { invalidSetting } from '../invalid-setting.ts';

/** Whose tokens are given, where, and for whom. Empty texts and lists are not set. */
export interface KubernetesRole {
  /** `*` for every one. */
  readonly allowedKubernetesNamespaces: readonly string[];
  readonly serviceAccountName: string;
  /** Of tokens for which nothing else is asked; the API server's own when empty. */
  readonly tokenDefaultAudiences: readonly string[];
  /** What may be asked for besides; `*` for anything. */
  readonly allowedAudiences: readonly string[];
  readonly allowedKubernetesNamespaceSelector: '';
  readonly kubernetesRoleName: '';
  readonly kubernetesRoleType: '' | 'Role';
  readonly generatedRoleRules: '';
  readonly nameTemplate: '';
  readonly extraAnnotations: Readonly<Record<string, never>>;
  readonly extraLabels: Readonly<Record<string, never>>;
}

const INSTEAD = 'make the service account and its binding in the cluster, and name it in service_account_name';
const NO_OBJECTS = `is not supported: nothing is made in the cluster that would have to be cleared away. Instead, ${INSTEAD}`;
const audience = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[!-~]+$/, 'must be printable ASCII without spaces');

/** RFC 1123: a label for namespaces, a subdomain for accounts. */
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const ACCOUNT = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

export const isNamespace = (text: string): boolean => NAMESPACE.test(text);

export const kubernetesRoleFields = {
  allowedKubernetesNamespaces: z.array(z.string().max(63)).max(1000),
  serviceAccountName: z.string().max(253),
  tokenDefaultAudiences: z.array(audience).max(32),
  allowedAudiences: z.array(audience).max(256),
  allowedKubernetesNamespaceSelector: z.literal(
    '',
    'is not supported: whoever may label a namespace would decide. Name them in allowed_kubernetes_namespaces',
  ),
  kubernetesRoleName: z.literal('', NO_OBJECTS),
  kubernetesRoleType: z.enum(['', 'Role'], NO_OBJECTS),
  generatedRoleRules: z.literal('', NO_OBJECTS),
  nameTemplate: z.literal('', NO_OBJECTS),
  extraAnnotations: z.record(z.string(), z.never(NO_OBJECTS)),
  extraLabels: z.record(z.string(), z.never(NO_OBJECTS)),
} satisfies z.ZodRawShape;

export const newKubernetesRole: KubernetesRole = {
  allowedKubernetesNamespaces: [],
  serviceAccountName: '',
  tokenDefaultAudiences: [],
  allowedAudiences: [],
  allowedKubernetesNamespaceSelector: '',
  kubernetesRoleName: '',
  kubernetesRoleType: '',
  generatedRoleRules: '',
  nameTemplate: '',
  extraAnnotations: {},
  extraLabels: {},
};

/** @throws WatchwordError `engine.invalid` */
export function checkKubernetesRole(role: KubernetesRole): readonly string[] {
  const { allowedKubernetesNamespaces: namespaces, serviceAccountName, allowedAudiences, tokenDefaultAudiences } = role;
  if (namespaces.length === 0) invalidSetting('allowed_kubernetes_namespaces', 'must name a namespace at least');
  if (!namespaces.every((one) => one === '*' || isNamespace(one))) {
    invalidSetting('allowed_kubernetes_namespaces', 'holds something that is no name of a namespace');
  }
  if (serviceAccountName === '') invalidSetting('service_account_name', `must be set: ${INSTEAD}`);
  if (!ACCOUNT.test(serviceAccountName)) invalidSetting('service_account_name', 'is no name of a service account');
  if (tokenDefaultAudiences.includes('*')) invalidSetting('token_default_audiences', 'must name audiences: * is none');
  const warnings: (string | false)[] = [
    namespaces.includes('*') &&
      'allowed_kubernetes_namespaces is *: whoever may make a service account of this name anywhere decides what its token may',
    allowedAudiences.includes('*') &&
      'allowed_audiences is *: a caller gets tokens for whoever believes the cluster, such as a cloud',
  ];
  return warnings.filter((warning) => warning !== false);
}
