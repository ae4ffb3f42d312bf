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
    group: 'Leases',
    endpoints: [
      'PUT, POST sys/leases/lookup',
      'LIST sys/leases/lookup/:prefix',
      'PUT, POST sys/leases/renew[/:id], sys/renew[/:id]',
      'PUT, POST sys/leases/revoke[/:id], sys/revoke[/:id]',
      'PUT, POST sys/leases/revoke-prefix/:prefix, sys/revoke-prefix/:prefix',
      'PUT, POST sys/leases/revoke-force/:prefix',
      'GET sys/leases/count',
      'POST sys/leases/tidy',
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
    endpoints: ['GET, LIST, POST, DELETE sys/quotas/rate-limit[/:name]', 'GET, POST sys/quotas/config'],
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
    group: 'Databases',
    endpoints: [
      'GET, LIST, POST, DELETE database/config[/:name]',
      'POST database/reset/:name, database/rotate-root/:name, database/rotate-role/:name',
      'GET, LIST, POST, DELETE database/roles[/:name], database/static-roles[/:name]',
      'GET database/creds/:name, database/static-creds/:name',
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
    endpoints: ['identity/oidc/provider, client, scope, assignment', 'pki', 'ssh', 'totp', 'sys/namespaces'],
  },
];
