import { z } from 'zod';
import { type ChangeContext, definePreparedChange } from '../../access/operation.ts';
import { secretSchema } from '../../foundation/bounds.ts';
import { GuardedRecords } from '../../keyring/mount-records.ts';
import type { IssuedToken } from '../contract.ts';
import type { RefusalReasons } from '../login-refusal.ts';
import { warnOfFindings } from '../logins/role-lint.ts';
import { platformReasons } from '../platforms/platform-reasons.ts';
import { CONFIG, type ConfigOperationTypes, configOperations } from './config-operations.ts';
import { checkedJwtConfig, type JwtConfig, jwtConfigFields, newJwtConfig, platformOfConfig } from './jwt/jwt-config.ts';
import { lintJwtRole } from './jwt/jwt-lint.ts';
import { type JwtLogin, JwtLogins } from './jwt/jwt-logins.ts';
import { checkJwtRole, type JwtRole, jwtRoleFields, newJwtRole } from './jwt/jwt-role.ts';
import type { AuthMethod } from './method.ts';
import { type RoleOperationTypes, roleOperations } from './role-operations.ts';

declare module '../../access/operation-types.ts' {
  interface OperationTypes extends RoleOperationTypes<'jwt.roles', JwtRole>, ConfigOperationTypes<'jwt.config', JwtConfig> {
    'jwt.login': { input: JwtLogin; output: IssuedToken };
  }
}

const reasons: RefusalReasons = {
  ...platformReasons,
  'jwt.unconfigured': 'The mount has no issuer yet.',
  'jwt.subject': 'The role is bound to another subject.',
  'jwt.user-claim': 'The claim that the role knows its callers by is missing, or is no plain value.',
  'jwt.groups': 'The claim that holds the groups is no list of names.',
  'jwt.no-id': 'The role accepts each token once, and this one has no id (jti).',
  'jwt.replayed': 'The role accepts each token once, and this one has logged in before.',
};

/** Whatever has a JWT of a configured issuer: jobs of CI systems, pods, SPIFFE workloads. */
export const jwtMethod: AuthMethod = {
  kind: 'jwt',
  summary: 'workloads with a JWT: GitHub Actions, GitLab, SPIFFE, EKS, any other issuer',
  vouching: 'platform',
  reasons,
  lint: (role, config) => lintJwtRole(role as JwtRole, platformOfConfig(config as JwtConfig | undefined)),
  operations(on) {
    const configs = new GuardedRecords<JwtConfig>(on.records, 'config');
    const roles = new GuardedRecords<JwtRole>(on.records, 'role');
    const logins = new JwtLogins(on, configs, roles);
    return [
      ...configOperations<JwtConfig>({
        prefix: 'jwt.config',
        path: 'config',
        records: configs,
        fields: jwtConfigFields,
        initial: newJwtConfig,
        replaces: true,
        clear: ['oidcDiscoveryUrl', 'jwksUrl', 'boundIssuer', 'platform', 'defaultRole', 'internal', 'spiffeTrustDomain'],
        check: checkedJwtConfig,
      }),
      ...roleOperations<JwtRole>({
        prefix: 'jwt.roles',
        noun: 'role',
        path: 'role',
        records: roles,
        fields: jwtRoleFields,
        initial: newJwtRole,
        clear: ['policies', 'boundAudiences', 'boundSubject', 'userClaim', 'groupsClaim', 'jtiPolicy', 'owner'],
        check: async (role, context) => warnOfRole(role, await configs.find(context.tx, context.mount, CONFIG), context),
      }),
      definePreparedChange<'jwt.login'>({
        name: 'jwt.login',
        summary: 'Log in with a JWT.',
        authentication: 'none',
        capability: 'update',
        input: z.object({ role: z.string().max(256).optional(), jwt: secretSchema }),
        attempt: { of: ({ role = '' }) => role, guessable: false },
        path: (_input, mount) => `${mount.path}login`,
        event: { class: 'login', activity: 'login', clear: ['role'] },
        prepare: (input, context) => logins.login(input, context),
      }),
    ];
  },
};

function warnOfRole(role: JwtRole, config: JwtConfig | undefined, context: ChangeContext): void {
  const platform = platformOfConfig(config);
  checkJwtRole(role, platform);
  if (role.expirationLeeway !== 0 || role.notBeforeLeeway !== 0) {
    context.warn('expiration_leeway and not_before_leeway have no effect: tokens without exp are refused; see clock_skew_leeway');
  }
  warnOfFindings(lintJwtRole(role, platform), context);
}
