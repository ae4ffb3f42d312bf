import { z } from 'zod';
import { definePreparedChange } from '../../access/operation.ts';
import { nameSchema, secretSchema } from '../../foundation/bounds.ts';
import { GuardedRecords } from '../../keyring/mount-records.ts';
import type { IssuedToken } from '../contract.ts';
import {
  type AwsConfig,
  type AwsIdentityConfig,
  awsConfigFields,
  awsIdentityFields,
  checkedAwsConfig,
  checkedAwsIdentityConfig,
  newAwsConfig,
  newAwsIdentityConfig,
} from './aws/aws-config.ts';
import { type AwsLogin, AwsLogins, type AwsRecords } from './aws/aws-logins.ts';
import { type AwsRole, awsRoleFields, checkAwsRole, lintAwsRole, newAwsRole } from './aws/aws-role.ts';
import { awsReasons } from './aws/reasons.ts';
import { type ConfigOperationTypes, configOperations } from './config-operations.ts';
import type { AuthMethod, MethodDependencies } from './method.ts';
import { type RoleOperationTypes, roleOperations } from './role-operations.ts';

declare module '../../access/operation-types.ts' {
  interface OperationTypes
    extends RoleOperationTypes<'aws.roles', AwsRole>,
      ConfigOperationTypes<'aws.config', AwsConfig>,
      ConfigOperationTypes<'aws.identity', AwsIdentityConfig> {
    'aws.login': { input: AwsLogin; output: IssuedToken };
  }
}

/** Principals of AWS, by a request to STS that they signed for us to send. */
export const awsMethod: AuthMethod = {
  kind: 'aws',
  summary: 'roles and users of AWS, by a signed GetCallerIdentity',
  vouching: 'platform',
  reasons: awsReasons,
  lint: (role) => lintAwsRole(role as AwsRole),
  operations(on) {
    const records = {
      configs: new GuardedRecords<AwsConfig>(on.records, 'config'),
      identities: new GuardedRecords<AwsIdentityConfig>(on.records, 'identity'),
      roles: new GuardedRecords<AwsRole>(on.records, 'role'),
    };
    return [
      ...configOperations<AwsConfig>({
        prefix: 'aws.config',
        path: 'config/client',
        records: records.configs,
        fields: awsConfigFields,
        initial: newAwsConfig,
        clear: ['iamServerIdHeaderValue', 'stsRegion', 'stsEndpoint', 'allowedStsRegions', 'allowedStsHeaderValues', 'internal'],
        check: checkedAwsConfig,
      }),
      ...configOperations<AwsIdentityConfig>({
        prefix: 'aws.identity',
        path: 'config/identity',
        records: records.identities,
        fields: awsIdentityFields,
        initial: newAwsIdentityConfig,
        unset: newAwsIdentityConfig,
        clear: ['iamAlias', 'iamMetadata'],
        check: checkedAwsIdentityConfig,
      }),
      ...roleOperations<AwsRole>({
        prefix: 'aws.roles',
        noun: 'role',
        path: 'role',
        records: records.roles,
        fields: awsRoleFields,
        initial: newAwsRole,
        clear: ['policies', 'boundIamPrincipalArn', 'boundIamPrincipalId', 'boundAccountId', 'owner'],
        forget: (name, context) => on.logins.forget(name, context),
        check: checkAwsRole,
      }),
      login(on, records),
    ];
  },
};

function login(on: MethodDependencies, records: AwsRecords) {
  const logins = new AwsLogins(on, records);
  const text = z.string().max(4096);
  return definePreparedChange<'aws.login'>({
    name: 'aws.login',
    summary: 'Log in with a signed request to STS.',
    authentication: 'none',
    capability: 'update',
    input: z.object({ role: nameSchema.optional(), method: text, url: text, body: text, headers: secretSchema }),
    attempt: { of: ({ role = '' }) => role, guessable: false },
    path: (_input, mount) => `${mount.path}login`,
    event: { class: 'login', activity: 'login', clear: ['role'] },
    prepare: (input, context) => logins.login(input, context),
  });
}
