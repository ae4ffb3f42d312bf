import type { ReadContext } from '../../../access/operation.ts';
import type { Secret } from '../../../foundation/secret.ts';
import type { GuardedRecords } from '../../../keyring/mount-records.ts';
import { readToken } from '../../jwt/token-form.ts';
import {
  checkAudiences,
  checkIssuer,
  checkTimes,
  checkType,
  readRegisteredClaims,
  type TokenRules,
} from '../../jwt/token-rules.ts';
import type { Identified } from '../../logins/logins.ts';
import { type PlatformIdentity, platformIdentity, requiredText } from '../../platforms/platform-identity.ts';
import { type Admission, Admissions, verifyForNobody } from '../admission.ts';
import { Bulkhead } from '../bulkhead.ts';
import type { MethodDependencies } from '../method.ts';
import { asksApiServer, clusterIssuer, clusterPlatform, hasKeys, type KubernetesConfig } from './kubernetes-config.ts';
import { audienceOf, type KubernetesRole, refuseUnbound } from './kubernetes-role.ts';
import { reviewToken } from './token-review.ts';

export interface KubernetesLogin {
  readonly role: string;
  readonly jwt: Secret;
}

type Admitted = Admission<KubernetesConfig, KubernetesRole>;

export class KubernetesLogins {
  readonly #on: MethodDependencies;
  readonly #admissions: Admissions<KubernetesConfig, KubernetesRole>;
  readonly #bulkhead: Bulkhead;

  constructor(on: MethodDependencies, configs: GuardedRecords<KubernetesConfig>, roles: GuardedRecords<KubernetesRole>) {
    this.#on = on;
    this.#admissions = new Admissions(configs, roles, 'kubernetes.unconfigured');
    this.#bulkhead = new Bulkhead(on.clock, 'kubernetes.busy');
  }

  /** @throws WatchwordError `login.refused`, `login.unavailable` */
  async login({ role: name, jwt }: KubernetesLogin, context: ReadContext) {
    const admission = await this.#admissions.find(
      context,
      () => name,
      async (config) => {
        const issuerClaim = config.issuer === '' ? 'absent' : 'required';
        if (hasKeys(config))
          await verifyForNobody(this.#on.jwt, jwt, { settings: clusterIssuer(config), rules: { issuerClaim } });
      },
    );
    const { role, config } = admission;
    const audience = audienceOf(role, config);
    const identity = await this.#account(jwt, admission, audience);
    refuseUnbound(role, identity.claims);
    if (asksApiServer(config)) {
      const {
        namespace = '',
        service_account_name: account = '',
        service_account_uid: uid = '',
        pod_uid: podUid,
      } = identity.claims;
      const reviewed = { token: jwt, audience, namespace, name: account, uid, podUid };
      const question = { to: config.kubernetesHost, address: context.call.remote.address };
      await this.#bulkhead.ask(question, () => reviewToken(this.#on.network, config, reviewed));
    }
    return this.#on.logins.admit(this.#identified(admission, identity), context);
  }

  /** Of the token's own words: proven where there are keys, else to be proven by the API server. */
  async #account(jwt: Secret, { role, config }: Admitted, audience: string): Promise<PlatformIdentity> {
    const platform = clusterPlatform(config);
    const settings = clusterIssuer(config);
    const rules: TokenRules = {
      audiences: [audience],
      maxLifetime: role.maxTokenLifetime || undefined,
      issuerClaim: config.issuer === '' ? 'absent' : 'required',
    };
    const token = hasKeys(config)
      ? await this.#on.jwt.verify(jwt, settings, rules)
      : unproven(jwt, { algorithms: platform.algorithms, issuer: config.issuer, rules, now: this.#on.clock.now() });
    return platformIdentity(platform, { ...token, issuer: config.issuer || requiredText(token.claims, 'iss') });
  }

  #identified(admission: Admitted, identity: PlatformIdentity): Identified {
    const { name, role, config } = admission;
    const { claims, subject, localId } = identity;
    const { namespace = '', service_account_name: account = '', service_account_uid: uid = '' } = claims;
    const metadata = {
      role: name,
      service_account_name: account,
      service_account_namespace: namespace,
      service_account_secret_name: '',
      service_account_uid: uid,
    };
    return {
      workload: {
        method: 'kubernetes',
        subject,
        displayName: `${namespace}-${account}`,
        claims,
        cluster: config.cluster || identity.cluster,
        region: identity.region,
      },
      role: { collection: 'role', name },
      parameters: role,
      metadata,
      alias: { name: role.aliasNameSource === 'serviceaccount_name' ? `${namespace}/${account}` : localId, metadata },
      confirm: (inside) => this.#admissions.confirm(inside, admission),
    };
  }
}

interface Unproven {
  readonly algorithms: readonly string[];
  readonly issuer: string;
  readonly rules: TokenRules;
  readonly now: number;
}

/** Everything but the signature: what could not log in anyway is not shown to the API server. */
function unproven(jwt: Secret, { algorithms, issuer, rules, now }: Unproven) {
  const { claims, type } = readToken(jwt, algorithms);
  checkType(type, rules);
  const registered = readRegisteredClaims(claims);
  checkIssuer(registered, issuer, rules);
  checkAudiences(registered, rules);
  checkTimes(registered, rules, now / 1000);
  return { claims, subject: registered.subject, audiences: registered.audiences };
}
