import { z } from 'zod';
import { definePreparedChange } from '../../access/operation.ts';
import { nameSchema, secretSchema } from '../../foundation/bounds.ts';
import { GuardedRecords } from '../../keyring/mount-records.ts';
import type { IssuedToken } from '../contract.ts';
import type { RefusalReasons } from '../login-refusal.ts';
import { warnOfFindings } from '../logins/role-lint.ts';
import { platformReasons } from '../platforms/platform-reasons.ts';
import { type AzureConfig, azureConfigFields, checkedAzureConfig, newAzureConfig } from './azure/azure-config.ts';
import { type AzureLogin, AzureLogins } from './azure/azure-logins.ts';
import { type AzureRole, azureRoleFields, checkAzureRole, lintAzureRole, newAzureRole } from './azure/azure-role.ts';
import { CONFIG, type ConfigOperationTypes, configOperations } from './config-operations.ts';
import type { AuthMethod } from './method.ts';
import { type RoleOperationTypes, roleOperations } from './role-operations.ts';

declare module '../../access/operation-types.ts' {
  interface OperationTypes
    extends RoleOperationTypes<'azure.roles', AzureRole>,
      ConfigOperationTypes<'azure.config', AzureConfig> {
    'azure.login': { input: AzureLogin; output: IssuedToken };
  }
}

const reasons: RefusalReasons = {
  ...platformReasons,
  'azure.unconfigured': 'The mount has no tenant yet.',
  'azure.tenant': 'The token is of another tenant.',
  'azure.principal': 'The role does not admit the service principal.',
  'azure.group': 'The role admits members of groups only, and the token names none of them.',
  'azure.subscription': 'The subscription is not one that the role admits, or not the one that the client says.',
  'azure.resource-group': 'The resource group is not one that the role admits, or not the one that the client says.',
  'azure.scale-set': 'The scale set is not one that the role admits, or not the one that the client says.',
  'azure.vm': 'The token is not of the machine that the client says.',
  'azure.resource': 'The token is not of the resource that the client says.',
};

const place = z.string().max(1024).optional();

/** Managed identities of an Azure tenant. */
export const azureMethod: AuthMethod = {
  kind: 'azure',
  summary: 'managed identities of an Azure tenant: virtual machines, scale sets, anything that has one',
  vouching: 'platform',
  reasons,
  lint: (role, config) => lintAzureRole(role as AzureRole, config as AzureConfig | undefined),
  operations(on) {
    const configs = new GuardedRecords<AzureConfig>(on.records, 'config');
    const roles = new GuardedRecords<AzureRole>(on.records, 'role');
    const logins = new AzureLogins(on, configs, roles);
    return [
      ...configOperations<AzureConfig>({
        prefix: 'azure.config',
        path: 'config',
        records: configs,
        fields: azureConfigFields,
        initial: newAzureConfig,
        clear: ['tenantId', 'resource', 'environment', 'issuer', 'jwksUrl', 'internal'],
        check: checkedAzureConfig,
      }),
      ...roleOperations<AzureRole>({
        prefix: 'azure.roles',
        noun: 'role',
        path: 'role',
        records: roles,
        fields: azureRoleFields,
        initial: newAzureRole,
        clear: ['policies', 'boundServicePrincipalIds', 'boundSubscriptionIds', 'boundResourceGroups', 'boundScaleSets', 'owner'],
        check: async (role, context) => {
          checkAzureRole(role);
          warnOfFindings(lintAzureRole(role, await configs.find(context.tx, context.mount, CONFIG)), context);
        },
      }),
      definePreparedChange<'azure.login'>({
        name: 'azure.login',
        summary: 'Log in with the token of a managed identity.',
        authentication: 'none',
        capability: 'update',
        input: z.object({
          role: nameSchema,
          jwt: secretSchema,
          subscriptionId: place,
          resourceGroupName: place,
          vmName: place,
          vmssName: place,
          resourceId: place,
        }),
        attempt: { of: ({ role }) => role, guessable: false },
        path: (_input, mount) => `${mount.path}login`,
        event: { class: 'login', activity: 'login', clear: ['role'] },
        prepare: (input, context) => logins.login(input, context),
      }),
    ];
  },
};
