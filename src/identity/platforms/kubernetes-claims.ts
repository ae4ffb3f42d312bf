import type { JsonObject } from '../../foundation/exact-json.ts';
import { refusedLogin } from '../login-refusal.ts';
import { requiredText } from './platform-identity.ts';

const pointer = (path: string) => `/kubernetes.io/${path}`;

/** Claims of a projected service account token, by the names that policies call them by. */
export const kubernetesClaims = {
  namespace: pointer('namespace'),
  service_account_name: pointer('serviceaccount/name'),
  service_account_uid: pointer('serviceaccount/uid'),
  pod_name: pointer('pod/name'),
  pod_uid: pointer('pod/uid'),
  node_name: pointer('node/name'),
  node_uid: pointer('node/uid'),
} as const;

/** AWS STS and EKS Pod Identity: pods send them tokens that are meant for nobody else. */
export const awsAudiences: readonly string[] = ['sts.amazonaws.com', 'pods.eks.amazonaws.com'];

/** What API servers are called by default: tokens that nobody asked an audience for are meant for them. */
export const apiServerAudience = /^(?:kubernetes|https:\/\/kubernetes\.default(?:\.svc(?:\.cluster\.local)?)?\/?)$/;

export const requiredKubernetesClaims: readonly string[] = [
  kubernetesClaims.namespace,
  kubernetesClaims.service_account_name,
  kubernetesClaims.service_account_uid,
];

/** `sub` says once more what the other claims say. @throws WatchwordError `login.refused` */
export function checkServiceAccount(claims: JsonObject): void {
  const [namespace, name] = [kubernetesClaims.namespace, kubernetesClaims.service_account_name].map((claim) =>
    requiredText(claims, claim),
  );
  if (claims['sub'] !== `system:serviceaccount:${namespace}:${name}`) throw refusedLogin('platform.inconsistent');
}

export const kubernetesExample = {
  sub: 'system:serviceaccount:research:trainer',
  nbf: 1,
  'kubernetes.io': {
    namespace: 'research',
    node: { name: 'gpu-7', uid: '1ac8b1f6-2c6b-4ac5-a3a7-c8dc24d8ae33' },
    pod: { name: 'train-0', uid: '0ff14fb7-3cf8-4ea9-9c32-3f3cdc7aa0a4' },
    serviceaccount: { name: 'trainer', uid: '3bb0dfa2-4b5f-44e5-8a6e-4f2b3c0c2fcb' },
  },
} as const;
