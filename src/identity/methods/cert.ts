import { z } from 'zod';
import { GuardedRecords } from '../../keyring/mount-records.ts';
import type { RefusalReasons } from '../login-refusal.ts';
import { nameReasons } from './cert/admitted-names.ts';
import { type CertConfig, CertLogins, type CertRecords } from './cert/cert-logins.ts';
import { type CertRole, certRoleFields, checkCertRole, lintCertRole, newCertRole } from './cert/cert-role.ts';
import { type KeptLists, revocationOperations } from './cert/revocation-operations.ts';
import { type ConfigOperationTypes, configOperations } from './config-operations.ts';
import type { AuthMethod, MethodDependencies } from './method.ts';
import { type RoleOperationTypes, roleOperations } from './role-operations.ts';

declare module '../../access/operation-types.ts' {
  interface OperationTypes extends RoleOperationTypes<'cert.roles', CertRole>, ConfigOperationTypes<'cert.config', CertConfig> {}
}

const reasons: RefusalReasons = {
  ...nameReasons,
  'cert.no-role': 'No role of the mount admits the certificate; of which role which reason, a login that names the role tells.',
  'cert.name-needed': 'The mount has more roles than are tried for a login that names none.',
};

function recordsOf({ records }: Pick<MethodDependencies, 'records'>): CertRecords {
  return {
    configs: new GuardedRecords<CertConfig>(records, 'config'),
    roles: new GuardedRecords<CertRole>(records, 'role'),
    lists: new GuardedRecords<KeptLists>(records, 'crl'),
  };
}

/** Workloads by the client certificate of their connection, X.509-SVIDs among them. */
export const certMethod: AuthMethod = {
  kind: 'cert',
  summary: 'workloads, by the client certificate of their connection: your own authority, or SPIFFE',
  vouching: 'platform',
  rolesAt: 'certs',
  reasons,
  lint: (role) => lintCertRole(role as CertRole),
  renewal(on) {
    const logins = new CertLogins(on, recordsOf(on));
    return (token, mount, context) => logins.confirmRenewal(token, mount, context);
  },
  operations(on) {
    const records = recordsOf(on);
    return [
      ...configOperations<CertConfig>({
        prefix: 'cert.config',
        path: 'config',
        records: records.configs,
        fields: { disableBinding: z.boolean() },
        initial: { disableBinding: false },
        clear: ['disableBinding'],
        check: (config) => config,
      }),
      ...roleOperations<CertRole>({
        prefix: 'cert.roles',
        noun: 'certificate role',
        path: 'certs',
        records: records.roles,
        fields: certRoleFields,
        initial: newCertRole,
        clear: [
          'policies',
          'allowedNames',
          'allowedCommonNames',
          'allowedDnsSans',
          'spiffeTrustDomain',
          'allowedSpiffeIds',
          'owner',
        ],
        check: checkCertRole,
      }),
      ...revocationOperations(records.lists, records.roles),
      ...new CertLogins(on, records).operations(),
    ];
  },
};
