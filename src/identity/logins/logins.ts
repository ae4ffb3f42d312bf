import type { ChangeContext, ReadContext } from '../../access/operation.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import type { Principal } from '../../foundation/principal.ts';
import { Networks } from '../addresses.ts';
import type { KeyBinding } from '../binding/key-binding.ts';
import type { TokenBinding } from '../binding/token-binding.ts';
import type { IssuedToken } from '../contract.ts';
import type { EntityDirectory } from '../entities/directory.ts';
import { lesser } from '../lifetime.ts';
import { type RefusalReasons, refusedLogin } from '../login-refusal.ts';
import type { TokenIssuer } from '../token-issuer.ts';
import { sanitizePolicies } from '../token-policies.ts';
import type { TokenParameters } from './token-parameters.ts';
import { type Workload, workloadAttributes } from './workload.ts';

export const loginReasons: RefusalReasons = {
  'role.unknown': 'There is no such role or user, or it was not named.',
  'role.address': 'The role binds its tokens to networks, and the request came from elsewhere.',
};

/** Whom an auth method found the caller to be, and what the role that he asked for gives him. */
export interface Identified {
  readonly workload: Workload;
  /** Where the role stands among the method's records, so that a renewal can look at it again. */
  readonly role: { readonly collection: string; readonly name: string };
  readonly parameters: TokenParameters;
  /** Told with the token: Vault's `metadata`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** By what the identity store knows the caller at this mount, and what it keeps of him. */
  readonly alias: { readonly name: string; readonly metadata: Readonly<Record<string, string>> };
  /** Names of groups at the platform that the caller is in. */
  readonly groups?: readonly string[];
  /** Milliseconds since the epoch: no token lives longer than what it stands on. */
  readonly endsAt?: number | undefined;
  /** Last look in the transaction: what may be used once is used, what may not have changed has not. Throws to refuse. */
  readonly confirm?: (context: ChangeContext) => Promise<void>;
}

/** The end of every login, whatever the method: from a verified caller to a token. */
export class Logins {
  readonly #issuer: TokenIssuer;
  readonly #binding: KeyBinding;
  readonly #directory: EntityDirectory;

  constructor(issuer: TokenIssuer, binding: KeyBinding, directory: EntityDirectory) {
    this.#issuer = issuer;
    this.#binding = binding;
    this.#directory = directory;
  }

  /**
   * Before the intent, once the method has verified the caller. Gives what is left to do in the transaction.
   * @throws WatchwordError `login.refused`
   */
  admit(identified: Identified, context: ReadContext): (inside: ChangeContext) => Promise<IssuedToken> {
    const { parameters } = identified;
    context.identify(principalOf(identified));
    context.note(factsOf(identified));
    const { boundCidrs, tokenBinding } = parameters;
    if (boundCidrs.length > 0 && !new Networks(boundCidrs).includes(context.call.remote.address)) {
      throw refusedLogin('role.address');
    }
    // Last, since a proof is used up by it.
    const binding = tokenBinding === '' ? undefined : this.#binding.bind(tokenBinding, context.call);
    return async (inside) => {
      await identified.confirm?.(inside);
      return this.#issue(identified, binding, inside);
    };
  }

  /**
   * To be called where the mount removes whom it knew by this name: who logs in by it next is somebody new. The entity stays,
   * with its other aliases and the tokens that it has.
   */
  async forget(aliasName: string, { tx, mount, now }: ChangeContext): Promise<void> {
    await this.#directory.forget(tx, { mountAccessor: mount.accessor, aliasName, now });
  }

  async #issue(identified: Identified, binding: TokenBinding | undefined, context: ChangeContext): Promise<IssuedToken> {
    const { workload, role, parameters, metadata, endsAt, alias, groups = [] } = identified;
    const { tx, now, mount, call } = context;
    const entered = await this.#directory.enter(tx, { mountAccessor: mount.accessor, alias, groups, now });
    const { issued, warnings } = await this.#issuer.issue(tx, {
      now,
      path: call.requestPath ?? `${mount.path}login`,
      displayName: displayNameOf(mount, workload),
      policies: sanitizePolicies(parameters.policies, !parameters.noDefaultPolicy),
      config: { ...mount.config, maxTtl: lesser(mount.config.maxTtl, parameters.maxTtl) },
      ttl: wantedTtl(parameters, endsAt, now),
      period: parameters.period,
      // The period is the role's, and follows it with each renewal.
      askedPeriod: 0,
      explicitMaxTtl: lesser(parameters.explicitMaxTtl, endsAt === undefined ? 0 : secondsUntil(endsAt, now)),
      uses: parameters.uses,
      metadata,
      login: loginOf(identified, mount),
      attributes: workloadAttributes(workload, role.name, parameters),
      boundCidrs: parameters.boundCidrs,
      binding,
      entityId: entered.entityId,
    });
    for (const warning of warnings) context.warn(warning);
    context.note({ issuedAccessor: issued.accessor, issuedPolicies: issued.policies, issuedTtl: issued.ttl });
    context.note({ entityId: entered.entityId, entityMade: entered.made });
    return { ...issued, identityPolicies: entered.policies };
  }
}

function loginOf({ workload: { method, subject }, role, parameters: { incarnation } }: Identified, mount: MountPoint) {
  return { method, subject, mountId: mount.id, ...role, ...(incarnation === undefined ? {} : { incarnation }) };
}

/** At least a second: what has ended already is refused by the method itself. */
const secondsUntil = (ms: number, now: number) => Math.max(1, Math.floor((ms - now) / 1000));

function wantedTtl({ ttl }: TokenParameters, endsAt: number | undefined, now: number): number {
  return endsAt === undefined ? ttl : lesser(ttl, secondsUntil(endsAt, now));
}

/** As Vault forms it: the mount's name, then the caller's. */
function displayNameOf(mount: MountPoint, { displayName }: Workload): string {
  return `${mount.path
    .replace(/^auth\//, '')
    .replace(/\/$/, '')
    .replaceAll('/', '-')}-${displayName}`;
}

function principalOf({ workload, parameters }: Identified): Principal {
  return {
    method: workload.method,
    id: workload.subject,
    displayName: workload.displayName,
    namespace: 'root',
    session: '',
    policies: parameters.policies,
    attributes: {},
  };
}

/** What the login's events say in clear. Claims are the platform's own words about the caller, no credential of his. */
function factsOf({ workload, role, parameters }: Identified) {
  const { cluster = '', region = '', claims } = workload;
  return {
    role: role.name,
    workloadOwner: parameters.owner,
    workloadCluster: cluster,
    workloadRegion: region,
    expectedCluster: parameters.expectedCluster,
    expectedRegion: parameters.expectedRegion,
    expectedCidrs: parameters.expectedCidrs,
    workloadClaims: Object.entries(claims).map(([name, value]) => `${name}=${value}`),
  };
}
