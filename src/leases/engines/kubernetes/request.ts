import { z } from 'zod';
import type { Clock } from '../../../foundation/ports.ts';
import type { LeaseFacts } from '../engine.ts';
import { invalidRequest } from '../invalid-setting.ts';
import { isNamespace, type KubernetesRole } from './role.ts';

/** Seconds: what the API server gives at least. Source: validation of TokenRequest, authentication.k8s.io/v1 */
export const SHORTEST_TOKEN = 600;

/** What was asked for, and was found to be within the role. */
export interface KubernetesMaterial {
  readonly namespace: string;
  /** The API server's own when empty. */
  readonly audiences: readonly string[];
}

/** Empty texts and lists are not set. */
export interface KubernetesRequest {
  readonly kubernetesNamespace?: string | undefined;
  readonly clusterRoleBinding?: false | undefined;
  readonly audiences?: readonly string[] | undefined;
}

export const kubernetesRequestFields = {
  kubernetesNamespace: z.string().max(63).optional(),
  clusterRoleBinding: z.literal(false, 'is not supported: nothing is bound in the cluster').optional(),
  audiences: z.array(z.string().min(1).max(256)).max(32).optional(),
} satisfies z.ZodRawShape;

/** @throws WatchwordError `request.invalid` for whatever is not within the role */
export function materialFor(
  role: KubernetesRole,
  lease: LeaseFacts,
  clock: Clock,
  { kubernetesNamespace: namespace = '', audiences: asked = [] }: KubernetesRequest,
): KubernetesMaterial {
  if (namespace === '') invalidRequest('kubernetes_namespace', 'must say in which namespace the service account is');
  const { allowedKubernetesNamespaces: allowed, tokenDefaultAudiences, allowedAudiences } = role;
  if (!isNamespace(namespace) || !(allowed.includes('*') || allowed.includes(namespace))) {
    invalidRequest('kubernetes_namespace', 'is not one of allowed_kubernetes_namespaces');
  }
  const known = [...tokenDefaultAudiences, ...allowedAudiences];
  const beyond = asked.filter((one) => one === '*' || !(known.includes('*') || known.includes(one)));
  if (beyond.length > 0) invalidRequest('audiences', 'the role allows only its token_default_audiences and allowed_audiences');
  if (Math.round((lease.expiresAt - clock.now()) / 1000) < SHORTEST_TOKEN) {
    invalidRequest('ttl', `the API server gives no tokens for less than ${SHORTEST_TOKEN} seconds`);
  }
  return { namespace, audiences: asked.length === 0 ? tokenDefaultAudiences : [...new Set(asked)] };
}
