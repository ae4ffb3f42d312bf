import type { ReadContext } from '../../../access/operation.ts';
import type { Secret } from '../../../foundation/secret.ts';
import type { GuardedRecords } from '../../../keyring/mount-records.ts';
import { readToken } from '../../jwt/token-form.ts';
import { refusedLogin } from '../../login-refusal.ts';
import type { Identified } from '../../logins/logins.ts';
import type { Workload } from '../../logins/workload.ts';
import { googlePlatform } from '../../platforms/index.ts';
import { platformIdentity } from '../../platforms/platform-identity.ts';
import { type Admission, Admissions, verifyForNobody } from '../admission.ts';
import type { MethodDependencies } from '../method.ts';
import { type GcpConfig, googleIssuer, serviceAccountIssuer } from './gcp-config.ts';
import { audiencesOf, type GcpRole, refuseUnbound } from './gcp-role.ts';

export interface GcpLogin {
  readonly role: string;
  readonly jwt: Secret;
}

type Admitted = Admission<GcpConfig, GcpRole>;
type Caller = Omit<Workload, 'method'>;

export class GcpLogins {
  readonly #on: MethodDependencies;
  readonly #admissions: Admissions<GcpConfig, GcpRole>;

  constructor(on: MethodDependencies, configs: GuardedRecords<GcpConfig>, roles: GuardedRecords<GcpRole>) {
    this.#on = on;
    this.#admissions = new Admissions(configs, roles, 'gcp.unconfigured');
  }

  /** @throws WatchwordError `login.refused`, `login.unavailable` */
  async login({ role: name, jwt }: GcpLogin, context: ReadContext) {
    const admission = await this.#admissions.find(
      context,
      () => name,
      (config) => verifyForNobody(this.#on.jwt, jwt, { settings: googleIssuer(config) }),
    );
    const { role, config } = admission;
    const { claims } = readToken(jwt, googlePlatform.algorithms);
    // Which of two configured key sets is meant; that it is the right one is proven by the signature alone.
    const byGoogle = claims['iss'] === googleIssuer(config).issuer;
    const caller = await (byGoogle ? this.#googleSigned(jwt, admission) : this.#selfSigned(jwt, claims['sub'], admission));
    refuseUnbound(role, caller);
    return this.#on.logins.admit(this.#identified(admission, caller), context);
  }

  async #googleSigned(jwt: Secret, { name, role, config }: Admitted): Promise<Caller> {
    const rules = { audiences: audiencesOf(role, name, config), maxLifetime: googlePlatform.lifetime };
    const identity = platformIdentity(googlePlatform, await this.#on.jwt.verify(jwt, googleIssuer(config), rules));
    const instance = identity.claims['instance_id'];
    return role.roleType === 'gce' && instance !== undefined
      ? { ...identity, subject: `${identity.subject}/instance/${instance}` }
      : identity;
  }

  /** A token that the service account signed with `signJwt`: only the accounts of the role are asked for their keys. */
  async #selfSigned(jwt: Secret, account: unknown, { name, role, config }: Admitted): Promise<Caller> {
    if (role.roleType !== 'iam') throw refusedLogin('gcp.instance');
    if (typeof account !== 'string' || !role.boundServiceAccounts.includes(account)) throw refusedLogin('gcp.account');
    const { claims } = await this.#on.jwt.verify(jwt, serviceAccountIssuer(config, account), {
      audiences: audiencesOf(role, name, config),
      maxLifetime: role.maxJwtExp,
      issuerClaim: 'absent',
      requireIat: false,
    });
    if (claims['iss'] !== undefined && claims['iss'] !== account) throw refusedLogin('jwt.issuer');
    const known = account.includes('@') ? 'service_account_email' : 'service_account_id';
    return { subject: `${googleIssuer(config).issuer}#${account}`, displayName: account, claims: { [known]: account } };
  }

  #identified(admission: Admitted, caller: Caller): Identified {
    const { name, role, config } = admission;
    const { claims } = caller;
    const metadata = { role: name, ...claims };
    return {
      workload: { ...caller, method: 'gcp' },
      role: { collection: 'role', name },
      parameters: role,
      metadata,
      alias: { name: aliasOf(role, config, { name, claims }), metadata },
      confirm: (inside) => this.#admissions.confirm(inside, admission),
    };
  }
}

interface Named {
  readonly name: string;
  readonly claims: Workload['claims'];
}

function aliasOf({ roleType }: GcpRole, { iamAlias, gceAlias }: GcpConfig, { name, claims }: Named): string {
  const { instance_id: instance, service_account_id: id, service_account_email: email } = claims;
  if (roleType === 'gce') return gceAlias === 'role_id' ? name : (instance ?? name);
  return iamAlias === 'role_id' ? name : (id ?? email ?? name);
}
