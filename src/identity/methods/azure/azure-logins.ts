import type { ReadContext } from '../../../access/operation.ts';
import type { JsonObject } from '../../../foundation/exact-json.ts';
import type { Secret } from '../../../foundation/secret.ts';
import type { GuardedRecords } from '../../../keyring/mount-records.ts';
import type { IssuerSettings } from '../../jwt/issuer-settings.ts';
import { readToken } from '../../jwt/token-form.ts';
import { refusedLogin } from '../../login-refusal.ts';
import type { Identified } from '../../logins/logins.ts';
import { azurePlatform } from '../../platforms/index.ts';
import { type PlatformIdentity, platformIdentity } from '../../platforms/platform-identity.ts';
import { type Admission, Admissions, verifyForNobody } from '../admission.ts';
import type { MethodDependencies } from '../method.ts';
import { type AzureConfig, azureIssuers } from './azure-config.ts';
import { type AzureRole, type ClaimedPlace, refuseFalsePlace, refuseUnbound } from './azure-role.ts';

export interface AzureLogin extends ClaimedPlace {
  readonly role: string;
  readonly jwt: Secret;
}

type Admitted = Admission<AzureConfig, AzureRole>;

export class AzureLogins {
  readonly #on: MethodDependencies;
  readonly #admissions: Admissions<AzureConfig, AzureRole>;

  constructor(on: MethodDependencies, configs: GuardedRecords<AzureConfig>, roles: GuardedRecords<AzureRole>) {
    this.#on = on;
    this.#admissions = new Admissions(configs, roles, 'azure.unconfigured');
  }

  /** @throws WatchwordError `login.refused`, `login.unavailable` */
  async login({ role: name, jwt, ...place }: AzureLogin, context: ReadContext) {
    const admission = await this.#admissions.find(
      context,
      () => name,
      (config) => verifyForNobody(this.#on.jwt, jwt, { settings: issuerOf(jwt, config), rules }),
    );
    const { role, config } = admission;
    const token = await this.#on.jwt.verify(jwt, issuerOf(jwt, config), { ...rules, audiences: [config.resource] });
    if (token.claims['tid'] !== config.tenantId) throw refusedLogin('azure.tenant');
    const identity = platformIdentity(azurePlatform, token);
    const groups = groupsIn(token.claims);
    refuseFalsePlace(place, identity.claims);
    refuseUnbound(role, identity.claims, groups);
    return this.#on.logins.admit(this.#identified(admission, identity, groups), context);
  }

  #identified(admission: Admitted, identity: PlatformIdentity, groups: readonly string[]): Identified {
    const { name, role } = admission;
    const { subject, displayName, claims } = identity;
    const { resource_id = '', subscription_id = '', resource_group = '', vm_name = '', vmss_name = '' } = claims;
    const metadata = { role: name, resource_id, subscription_id, resource_group_name: resource_group, vm_name, vmss_name };
    return {
      workload: { method: 'azure', subject, displayName, claims },
      role: { collection: 'role', name },
      parameters: role,
      metadata,
      alias: { name: claims['object_id'] ?? identity.localId, metadata },
      groups,
      confirm: (inside) => this.#admissions.confirm(inside, admission),
    };
  }
}

const rules = { maxLifetime: azurePlatform.lifetime };

/** Both names of the tenant are configured; which of them is meant is proven by the signature. */
function issuerOf(jwt: Secret, config: AzureConfig): IssuerSettings {
  const [first, ...others] = azureIssuers(config);
  const { claims } = readToken(jwt, azurePlatform.algorithms);
  return others.find((settings) => settings.issuer === claims['iss']) ?? first;
}

const MOST_GROUPS = 1000;

/** Where there are too many, Entra gives a link instead: then there are none here. */
function groupsIn({ groups = [] }: JsonObject): readonly string[] {
  const named = (group: unknown): group is string => typeof group === 'string' && group.length <= 64;
  return Array.isArray(groups) && groups.length <= MOST_GROUPS && groups.every(named) ? groups : [];
}
