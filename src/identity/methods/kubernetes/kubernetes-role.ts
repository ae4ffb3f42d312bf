import { z } from 'zod';
import { nameSchema } from '../../../foundation/bounds.ts';
import { matchesGlob } from '../../jwt/bound-claims.ts';
import { refusedLogin } from '../../login-refusal.ts';
import { lintGlobs, lintTokenParameters, type RoleFinding } from '../../logins/role-lint.ts';
import { noTokenParameters, type TokenParameters, tokenParameterFields } from '../../logins/token-parameters.ts';
import type { Workload } from '../../logins/workload.ts';
import { apiServerAudience } from '../../platforms/kubernetes-claims.ts';
import { invalidField } from '../invalid-field.ts';
import { clusterPlatform, type KubernetesConfig } from './kubernetes-config.ts';

/** Which service accounts may log in. In names and namespaces, `*` stands for anything. */
export interface KubernetesRole extends TokenParameters {
  readonly boundServiceAccountNames: readonly string[];
  readonly boundServiceAccountNamespaces: readonly string[];
  /** Whoever makes a service account of the same name anew gets another uid. Empty = any. */
  readonly boundServiceAccountUids: readonly string[];
  /** Empty = any, also none. */
  readonly boundNodes: readonly string[];
  /** Only tokens that are bound to a pod, and so die with it where the API server is asked. */
  readonly requirePod: boolean;
  /** Empty = the mount's default. */
  readonly audience: string;
  /** Whether the audience may be the API server's own. */
  readonly allowDefaultAudience: boolean;
  readonly aliasNameSource: 'serviceaccount_uid' | 'serviceaccount_name';
  readonly boundServiceAccountNamespaceSelector: '';
  /** Seconds from `iat` to `exp`; 0 = a day. */
  readonly maxTokenLifetime: number;
}

const names = z.array(nameSchema).max(256);

export const kubernetesRoleFields = {
  ...tokenParameterFields,
  boundServiceAccountNames: names,
  boundServiceAccountNamespaces: names,
  boundServiceAccountUids: names,
  boundNodes: names,
  requirePod: z.boolean(),
  audience: z.string().max(256),
  allowDefaultAudience: z.boolean(),
  aliasNameSource: z.enum(['serviceaccount_uid', 'serviceaccount_name']),
  boundServiceAccountNamespaceSelector: z.literal('', 'is not supported: the labels of a namespace are no part of a token'),
  maxTokenLifetime: z
    .int()
    .min(0)
    .max(366 * 24 * 60 * 60),
};

export const newKubernetesRole: KubernetesRole = {
  ...noTokenParameters,
  boundServiceAccountNames: [],
  boundServiceAccountNamespaces: [],
  boundServiceAccountUids: [],
  boundNodes: [],
  requirePod: false,
  audience: '',
  allowDefaultAudience: false,
  aliasNameSource: 'serviceaccount_uid',
  boundServiceAccountNamespaceSelector: '',
  maxTokenLifetime: 0,
};

export function audienceOf({ audience }: KubernetesRole, { defaultAudience }: KubernetesConfig): string {
  return audience || defaultAudience;
}

/** Tokens that nobody asked an audience for have the API server's: whatever a pod sends its token to could log in with it. */
function isSharedAudience(audience: string, config: KubernetesConfig | undefined): boolean {
  return audience !== '' && (audience === config?.issuer || apiServerAudience.test(audience));
}

/** @throws WatchwordError `login.invalid` */
export function checkKubernetesRole(role: KubernetesRole, config: KubernetesConfig | undefined): void {
  const { boundServiceAccountNames, boundServiceAccountNamespaces, allowDefaultAudience } = role;
  if (boundServiceAccountNames.length === 0) invalidField('boundServiceAccountNames', 'must be set');
  if (boundServiceAccountNamespaces.length === 0) invalidField('boundServiceAccountNamespaces', 'must be set');
  if (boundServiceAccountNames.includes('*') && boundServiceAccountNamespaces.includes('*')) {
    invalidField('boundServiceAccountNames', 'any name in any namespace would admit every pod of the cluster');
  }
  const audience = role.audience || (config?.defaultAudience ?? '');
  if (audience === '') {
    invalidField('audience', "must be set, here or as the mount's default_audience: pods ask for tokens with this audience");
  }
  if (clusterPlatform({ issuer: config?.issuer ?? '' }).refusedAudiences?.includes(audience)) {
    invalidField('audience', 'is the audience of another service, which could log in with what it is sent');
  }
  if (isSharedAudience(audience, config) && !allowDefaultAudience) {
    invalidField('audience', "is the API server's own: tokens for it reach many others; allow_default_audience accepts that");
  }
}

/** @throws WatchwordError `login.refused` */
export function refuseUnbound(role: KubernetesRole, claims: Workload['claims']): void {
  const fits = (bound: readonly string[], value = '') => value !== '' && bound.some((glob) => matchesGlob(value, glob));
  const among = (bound: readonly string[], value = '') => bound.length === 0 || bound.includes(value);
  if (!fits(role.boundServiceAccountNamespaces, claims['namespace'])) throw refusedLogin('kubernetes.namespace');
  if (!fits(role.boundServiceAccountNames, claims['service_account_name'])) throw refusedLogin('kubernetes.name');
  if (!among(role.boundServiceAccountUids, claims['service_account_uid'])) throw refusedLogin('kubernetes.uid');
  if (!among(role.boundNodes, claims['node_name'])) throw refusedLogin('kubernetes.node');
  if (role.requirePod && claims['pod_uid'] === undefined) throw refusedLogin('kubernetes.pod');
}

export function lintKubernetesRole(role: KubernetesRole, config: KubernetesConfig | undefined): RoleFinding[] {
  const findings: (RoleFinding | false)[] = [
    role.boundServiceAccountNamespaces.includes('*') && {
      rule: 'any-namespace',
      where: 'bound_service_account_namespaces',
      message: 'whoever may make a namespace can make a service account of the right name in it',
      advice: 'name the namespaces',
    },
    role.boundServiceAccountNames.includes('*') && {
      rule: 'any-workload',
      where: 'bound_service_account_names',
      message: 'every service account of the namespaces is admitted, the default one of every pod among them',
      advice: 'name the service accounts',
    },
    isSharedAudience(role.audience || (config?.defaultAudience ?? ''), config) && {
      rule: 'shared-audience',
      where: 'audience',
      message: "it is the API server's own: whoever is sent such a token could log in here",
      advice: 'let pods ask for tokens with an audience of your own',
    },
  ];
  return [
    ...findings.filter((finding) => finding !== false),
    ...lintGlobs('bound_service_account_names', partial(role.boundServiceAccountNames)),
    ...lintGlobs('bound_service_account_namespaces', partial(role.boundServiceAccountNamespaces)),
    ...lintTokenParameters(role, { outside: false }),
  ];
}

const partial = (globs: readonly string[]) => globs.filter((glob) => glob !== '*');
