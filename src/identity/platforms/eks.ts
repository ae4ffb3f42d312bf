import {
  apiServerAudience,
  awsAudiences,
  checkServiceAccount,
  kubernetesClaims,
  kubernetesExample,
  requiredKubernetesClaims,
} from './kubernetes-claims.ts';
import type { Platform } from './platform.ts';

/** Region and id of the cluster stand in the issuer, which AWS chooses. */
const issuerForm = /^https:\/\/oidc\.eks\.([a-z]{2}(?:-[a-z]+)+-\d{1,2})\.amazonaws\.com(?:\.cn)?\/id\/([0-9A-F]{32})$/;
const account = kubernetesExample['kubernetes.io'];
const cluster = '0123456789ABCDEF0123456789ABCDEF';
const issuer = `https://oidc.eks.eu-west-1.amazonaws.com/id/${cluster}`;

/** Clusters of Amazon EKS: projected tokens (IRSA) whose audience is ours and not AWS's. */
export const eksPlatform: Platform = {
  kind: 'eks',
  summary: 'pods of an Amazon EKS cluster, by their projected service account token (as for IRSA)',
  runs: 'inside',
  issuerForm,
  algorithms: ['RS256'],
  subject: [kubernetesClaims.service_account_uid],
  displayName: 'sub',
  claims: kubernetesClaims,
  required: requiredKubernetesClaims,
  refusedAudiences: awsAudiences,
  sharedAudiences: apiServerAudience,
  userControlled: [kubernetesClaims.pod_name],
  interpret(claims, about) {
    checkServiceAccount(claims);
    const [, region, id] = issuerForm.exec(about.issuer) ?? [];
    return { cluster: id, region };
  },
  examples: {
    issuer,
    accepted: kubernetesExample,
    subject: `${issuer}#${account.serviceaccount.uid}`,
    refused: [
      { why: 'a token for AWS STS', change: {}, audience: 'sts.amazonaws.com', reason: 'platform.audience' },
      { why: 'a token for EKS Pod Identity', change: {}, audience: 'pods.eks.amazonaws.com', reason: 'platform.audience' },
    ],
  },
};
