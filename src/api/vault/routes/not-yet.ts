/** Methods and paths of Vault's API that are not answered yet, by group; the coverage table lists them. */
export const notYet: readonly { readonly group: string; readonly endpoints: readonly string[] }[] = [
  {
    group: 'System',
    endpoints: [
      'PUT sys/step-down',
      'GET sys/host-info',
      'GET sys/internal/specs/openapi',
      'GET sys/internal/ui/resultant-acl',
      'GET sys/plugins/catalog',
      'GET, LIST, POST, DELETE sys/policies/password[/:name]',
      'GET sys/policies/password/:name/generate',
    ],
  },
  {
    group: 'Audit and keys',
    endpoints: [
      'PUT, DELETE sys/audit/:path (refused on purpose: the built-in log is always on)',
      'GET sys/key-status',
      'PUT sys/rotate',
      'GET, PUT, DELETE sys/generate-root/attempt',
      'GET, PUT, DELETE sys/rekey/init',
      'GET, PUT, DELETE sys/config/auditing/request-headers/:name',
    ],
  },
  {
    group: 'Quotas',
    endpoints: [
      'GET, LIST, POST, DELETE sys/quotas/rate-limit[/:name]',
      'GET, LIST, POST, DELETE sys/quotas/lease-count[/:name] (roles say max_leases and max_leases_per_workload)',
      'GET, POST sys/quotas/config',
    ],
  },
  { group: 'KV version 2', endpoints: ['LIST :mount/detailed-metadata/:path (OpenBao)'] },
  {
    group: 'Login',
    endpoints: [
      'auth/aws/config/certificate, config/tidy, role/:name/tag, and the lists of instances (callers prove a principal, not an instance)',
      'POST auth/gcp/role/:name/labels (labels are no part of a token)',
      'auth/oidc/oidc/auth_url, auth/oidc/oidc/callback',
      'POST auth/ldap/login/:name',
    ],
  },
  {
    group: 'Transit',
    endpoints: [
      'transit/keys: create, read, list, configure, rotate, delete',
      'POST transit/encrypt, decrypt, rewrap, datakey, hmac, sign, verify, random, hash',
    ],
  },
  {
    group: 'Other engines',
    endpoints: ['identity/oidc/provider, client, scope, assignment', 'pki', 'totp', 'sys/namespaces'],
  },
];
