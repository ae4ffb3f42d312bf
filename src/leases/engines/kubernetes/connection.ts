import { z } from 'zod';
import { secretSchema } from '../../../foundation/bounds.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { checkAuthorities, checkVendorUrl } from '../vendor-api.ts';

/** Names in Vault: `kubernetes_host`, `kubernetes_ca_cert`, `service_account_jwt`, `disable_local_ca_jwt`. */
export interface KubernetesConnection {
  /** Of the API server: `https://10.0.0.1:6443`, with a path where it stands behind one. */
  readonly kubernetesHost: string;
  /** PEM of the only authorities that are believed; the system's when empty. */
  readonly kubernetesCaCert: string;
  /** Of the service account that asks for the tokens of others. */
  readonly serviceAccountJwt: Secret | undefined;
  /** Kept for clients that set it: this server never uses a token or a CA of the pod that it runs in. */
  readonly disableLocalCaJwt: boolean;
}

export const kubernetesConnectionFields = {
  kubernetesHost: z.string().max(1024),
  kubernetesCaCert: z.string().max(256 * 1024),
  serviceAccountJwt: secretSchema.optional(),
  disableLocalCaJwt: z.boolean(),
} satisfies z.ZodRawShape;

export const newKubernetesConnection: KubernetesConnection = {
  kubernetesHost: '',
  kubernetesCaCert: '',
  serviceAccountJwt: undefined,
  disableLocalCaJwt: false,
};

const SIGNED = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const LONGEST_TOKEN = 16 * 1024;

/** @throws WatchwordError `engine.invalid` */
export function checkKubernetesConnection({ kubernetesHost, kubernetesCaCert, serviceAccountJwt }: KubernetesConnection): void {
  checkVendorUrl('kubernetes_host', kubernetesHost, 'https://10.0.0.1:6443');
  checkAuthorities('kubernetes_ca_cert', kubernetesCaCert);
  if (serviceAccountJwt === undefined) invalidSetting('service_account_jwt', 'must be set: no token of a pod is used instead');
  // A file ends with a line end, which no header may hold.
  if (serviceAccountJwt.length > LONGEST_TOKEN || !SIGNED.test(serviceAccountJwt.text.trim())) {
    invalidSetting('service_account_jwt', 'must be the token of a service account: three parts with dots between them');
  }
}
