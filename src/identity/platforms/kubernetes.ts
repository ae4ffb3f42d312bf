import {
  apiServerAudience,
  awsAudiences,
  checkServiceAccount,
  kubernetesClaims,
  kubernetesExample,
  requiredKubernetesClaims,
} from './kubernetes-claims.ts';
import type { Platform } from './platform.ts';

const { 'kubernetes.io': account, ...example } = kubernetesExample;

/** Projected service account tokens of a cluster (KEP-1205); the uid, since a service account's name can be given to another. */
export const kubernetesPlatform: Platform = {
  kind: 'kubernetes',
  summary: 'pods of a Kubernetes cluster, by their projected service account token',
  runs: 'inside',
  algorithms: ['RS256', 'ES256', 'ES384', 'ES512', 'EdDSA'],
  subject: [kubernetesClaims.service_account_uid],
  displayName: 'sub',
  claims: kubernetesClaims,
  required: requiredKubernetesClaims,
  // Clusters outside of EKS have them too, for roles of AWS.
  refusedAudiences: awsAudiences,
  sharedAudiences: apiServerAudience,
  userControlled: [kubernetesClaims.pod_name],
  interpret(claims) {
    checkServiceAccount(claims);
    return {};
  },
  examples: {
    issuer: 'https://kubernetes.default.svc.cluster.local',
    accepted: kubernetesExample,
    subject: `https://kubernetes.default.svc.cluster.local#${account.serviceaccount.uid}`,
    refused: [
      {
        why: 'a subject of another namespace',
        change: { sub: 'system:serviceaccount:x:trainer' },
        reason: 'platform.inconsistent',
      },
      { why: 'a node', change: { sub: 'system:node:gpu-7' }, reason: 'platform.inconsistent' },
      {
        why: 'a service account without uid',
        change: { ...example, 'kubernetes.io': { ...account, serviceaccount: { name: 'trainer' } } },
        reason: 'platform.claim',
      },
    ],
  },
};
