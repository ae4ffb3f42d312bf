import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange, definePreparedChange } from '../../access/operation.ts';
import { nameSchema, secretSchema } from '../../foundation/bounds.ts';
import { GuardedRecords } from '../../keyring/mount-records.ts';
import type { IssuedToken } from '../contract.ts';
import type { RefusalReasons } from '../login-refusal.ts';
import { warnOfFindings, withMountLifetimes } from '../logins/role-lint.ts';
import { platformReasons } from '../platforms/platform-reasons.ts';
import { CONFIG, type ConfigOperationTypes, configOperations } from './config-operations.ts';
import { checkedGcpConfig, type GcpConfig, gcpConfigFields, newGcpConfig } from './gcp/gcp-config.ts';
import { type GcpLogin, GcpLogins } from './gcp/gcp-logins.ts';
import { checkGcpRole, type GcpRole, gcpRoleFields, lintGcpRole, newGcpRole } from './gcp/gcp-role.ts';
import { invalidField } from './invalid-field.ts';
import type { AuthMethod } from './method.ts';
import { type RoleOperationTypes, roleOperations } from './role-operations.ts';

interface AccountsEdit {
  readonly name: string;
  readonly add?: readonly string[] | undefined;
  readonly remove?: readonly string[] | undefined;
}

declare module '../../access/operation-types.ts' {
  interface OperationTypes extends RoleOperationTypes<'gcp.roles', GcpRole>, ConfigOperationTypes<'gcp.config', GcpConfig> {
    'gcp.login': { input: GcpLogin; output: IssuedToken };
    'gcp.roles.edit-accounts': { input: AccountsEdit; output: null };
  }
}

const reasons: RefusalReasons = {
  ...platformReasons,
  'gcp.unconfigured': 'The mount is not configured yet.',
  'gcp.account': 'The role does not admit the service account.',
  'gcp.project': 'The role does not admit the project.',
  'gcp.zone': 'The role does not admit the zone.',
  'gcp.region': 'The role does not admit the region.',
  'gcp.instance': 'The role is for instances, and the token does not say of which it is (format=full).',
  'gcp.inference': 'The role is for service accounts, and an instance came.',
};

/** Service accounts and Compute Engine instances of Google Cloud. */
export const gcpMethod: AuthMethod = {
  kind: 'gcp',
  summary: 'service accounts and instances of Google Cloud, by a token that Google signed',
  vouching: 'platform',
  reasons,
  lint: (role, config) => lintGcpRole(role as GcpRole, config as GcpConfig | undefined),
  operations(on) {
    const configs = new GuardedRecords<GcpConfig>(on.records, 'config');
    const roles = new GuardedRecords<GcpRole>(on.records, 'role');
    const logins = new GcpLogins(on, configs, roles);
    return [
      ...configOperations<GcpConfig>({
        prefix: 'gcp.config',
        path: 'config',
        records: configs,
        fields: gcpConfigFields,
        initial: newGcpConfig,
        clear: ['issuer', 'googleCertsEndpoint', 'serviceAccountKeysUrl', 'audienceBases', 'internal'],
        check: checkedGcpConfig,
      }),
      ...roleOperations<GcpRole>({
        prefix: 'gcp.roles',
        noun: 'role',
        path: 'role',
        records: roles,
        fields: gcpRoleFields,
        initial: newGcpRole,
        clear: ['policies', 'roleType', 'boundServiceAccounts', 'boundProjects', 'boundZones', 'boundRegions', 'owner'],
        forget: (name, context) => on.logins.forget(name, context),
        check: async (role, context) => {
          checkGcpRole(role);
          warnOfFindings(lintGcpRole(role, await configs.find(context.tx, context.mount, CONFIG)), context);
        },
      }),
      editAccounts(roles, configs),
      definePreparedChange<'gcp.login'>({
        name: 'gcp.login',
        summary: 'Log in with a token of a service account or an instance.',
        authentication: 'none',
        capability: 'update',
        input: z.object({ role: nameSchema, jwt: secretSchema }),
        attempt: { of: ({ role }) => role, guessable: false },
        path: (_input, mount) => `${mount.path}login`,
        event: { class: 'login', activity: 'login', clear: ['role'] },
        prepare: (input, context) => logins.login(input, context),
      }),
    ];
  },
};

function editAccounts(roles: GuardedRecords<GcpRole>, configs: GuardedRecords<GcpConfig>): AnyOperation {
  const accounts = gcpRoleFields.boundServiceAccounts.optional();
  return defineChange<'gcp.roles.edit-accounts'>({
    name: 'gcp.roles.edit-accounts',
    summary: 'Add service accounts to a role of type iam, or take some away.',
    capability: 'update',
    input: z.object({ name: nameSchema, add: accounts, remove: accounts }),
    path: ({ name }, mount) => `${mount.path}role/${name}/service-accounts`,
    event: { class: 'access-change', activity: 'update', clear: ['name', 'add', 'remove'] },
    async perform({ name, add = [], remove = [] }, context: ChangeContext) {
      const { tx, mount } = context;
      const role = await roles.find(tx, mount, name);
      if (role?.roleType !== 'iam') return invalidField('name', 'there is no such role of type iam');
      const kept = new Set([...role.boundServiceAccounts, ...add]);
      for (const account of remove) kept.delete(account);
      const changed = { ...role, boundServiceAccounts: [...kept] };
      checkGcpRole(changed);
      warnOfFindings(lintGcpRole(withMountLifetimes(changed, mount.config), await configs.find(tx, mount, CONFIG)), context);
      await roles.put(tx, mount, name, changed);
      return null;
    },
  });
}
