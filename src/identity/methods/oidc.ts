import type { AnyOperation } from '../../access/operation.ts';
import { GuardedRecords } from '../../keyring/mount-records.ts';
import { claimReasons } from '../jwt/bound-claims.ts';
import type { RefusalReasons } from '../login-refusal.ts';
import { lintGlobs, lintTokenParameters, type RoleFinding, warnOfFindings } from '../logins/role-lint.ts';
import { type ConfigOperationTypes, configOperations } from './config-operations.ts';
import type { AuthMethod } from './method.ts';
import { OidcLogins } from './oidc/oidc-logins.ts';
import {
  checkedOidcConfig,
  checkOidcRole,
  newOidcConfig,
  newOidcRole,
  type OidcConfig,
  type OidcRole,
  oidcConfigFields,
  oidcRoleFields,
} from './oidc/settings.ts';
import { type RoleOperationTypes, roleOperations } from './role-operations.ts';

declare module '../../access/operation-types.ts' {
  interface OperationTypes extends RoleOperationTypes<'oidc.roles', OidcRole>, ConfigOperationTypes<'oidc.config', OidcConfig> {}
}

const reasons: RefusalReasons = {
  ...claimReasons,
  'oidc.unconfigured': 'The mount has no provider yet.',
  'oidc.unreachable': 'The provider does not answer.',
  'oidc.busy': 'Too many logins wait for the provider to be asked.',
  'oidc.discovery': "The provider's discovery document is of another issuer, or names no endpoints.",
  'oidc.redirect': 'The role does not allow the browser to be sent to this address.',
  'oidc.state': 'The login that this answers is unknown, over, answered already, or was begun by another client.',
  'oidc.denied': 'The provider says that the person may not, or would not.',
  'oidc.code': 'The provider gave no ID token for the code.',
  'oidc.nonce': 'The ID token belongs to another login.',
  'oidc.authorized-party': 'The ID token was made for another client.',
  'oidc.max-age': 'The person proved himself to the provider longer ago than the role allows.',
  'oidc.groups': 'The claim that holds the groups is no list of names.',
  'oidc.no-device-flow': 'The provider lets no devices log in, or not this client.',
  'oidc.device-denied': 'The person refused, or did not answer in time.',
};

/** People, at their own OpenID provider, in a browser. */
export const oidcMethod: AuthMethod = {
  kind: 'oidc',
  summary: 'people, at their OpenID provider: in the browser, or with a code on another device',
  vouching: 'person',
  reasons,
  lint: (role) => lintOidcRole(role as OidcRole),
  operations(on): AnyOperation[] {
    const configs = new GuardedRecords<OidcConfig>(on.records, 'config');
    const roles = new GuardedRecords<OidcRole>(on.records, 'role');
    return [
      ...configOperations<OidcConfig>({
        prefix: 'oidc.config',
        path: 'config',
        records: configs,
        fields: oidcConfigFields,
        initial: newOidcConfig,
        clear: ['discoveryUrl', 'boundIssuer', 'clientId', 'defaultRole', 'internal'],
        check: checkedOidcConfig,
      }),
      ...roleOperations<OidcRole>({
        prefix: 'oidc.roles',
        noun: 'role',
        path: 'role',
        records: roles,
        fields: oidcRoleFields,
        initial: newOidcRole,
        clear: ['policies', 'allowedRedirectUris', 'scopes', 'userClaim', 'groupsClaim', 'owner'],
        check(role, context) {
          checkOidcRole(role);
          warnOfFindings(lintOidcRole(role), context);
        },
      }),
      ...new OidcLogins(on, configs, roles).operations(),
    ];
  },
};

function lintOidcRole(role: OidcRole): RoleFinding[] {
  const { boundClaims, boundClaimsType, boundSubject } = role;
  const anyPerson: RoleFinding = {
    rule: 'any-person',
    where: 'bound_claims',
    message: 'everybody whom the provider knows is admitted',
    advice: 'bind the role to a group: bound_claims={"groups": [...]}',
  };
  return [
    ...(Object.keys(boundClaims).length === 0 && boundSubject === '' ? [anyPerson] : []),
    ...(boundClaimsType === 'glob' ? lintGlobs('bound_claims', Object.values(boundClaims).flat()) : []),
    ...lintTokenParameters(role, { outside: false }),
  ];
}
