import { boolean, secret, text, textMapOrJson, texts } from '../../fields.ts';
import { field, type WireField } from '../../wire-fields.ts';

export const kubernetesConnectionFields: readonly WireField[] = [
  field('kubernetes_host', text),
  field('kubernetes_ca_cert', text),
  field('service_account_jwt', secret, { hidden: true }),
  field('disable_local_ca_jwt', boolean),
];

/** Vault's, but for `allowed_audiences`; `token_default_ttl` and `token_max_ttl` are every engine's. */
export const kubernetesRoleFields: readonly WireField[] = [
  field('allowed_kubernetes_namespaces', texts),
  field('allowed_kubernetes_namespace_selector', text),
  field('service_account_name', text),
  field('token_default_audiences', texts),
  field('allowed_audiences', texts),
  field('kubernetes_role_name', text),
  field('kubernetes_role_type', text),
  field('generated_role_rules', text),
  field('name_template', text),
  field('extra_annotations', textMapOrJson),
  field('extra_labels', textMapOrJson),
];

/** `ttl` is every engine's. */
export const kubernetesRequestFields: readonly WireField[] = [
  field('kubernetes_namespace', text),
  field('cluster_role_binding', boolean),
  field('audiences', texts),
];
