import { createHash } from 'node:crypto';
import type { ChangeContext, ReadContext } from '../../../access/operation.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { type GuardedRecords, PassingRecords } from '../../../keyring/mount-records.ts';
import { claimAt, requireBoundClaims } from '../../jwt/bound-claims.ts';
import type { VerifiedToken } from '../../jwt/jwt-verifier.ts';
import { refusedLogin } from '../../login-refusal.ts';
import type { Identified } from '../../logins/logins.ts';
import { claimText, type PlatformIdentity, platformIdentity, refuseOutsiders } from '../../platforms/platform-identity.ts';
import { type Admission, Admissions, verifyForNobody } from '../admission.ts';
import type { MethodDependencies } from '../method.ts';
import { issuerOf, type JwtConfig, platformOfConfig } from './jwt-config.ts';
import { type JwtRole, LARGEST_SKEW, newJwtRole, rulesOf } from './jwt-role.ts';

export interface JwtLogin {
  /** The mount's default role when absent. */
  readonly role?: string | undefined;
  readonly jwt: Secret;
}

interface Admitted extends Admission<JwtConfig, JwtRole> {
  readonly token: VerifiedToken;
  readonly identity: PlatformIdentity;
}

const MOST_GROUPS = 1000;

export class JwtLogins {
  readonly #on: MethodDependencies;
  readonly #admissions: Admissions<JwtConfig, JwtRole>;
  readonly #used: PassingRecords<true>;

  constructor(on: MethodDependencies, configs: GuardedRecords<JwtConfig>, roles: GuardedRecords<JwtRole>) {
    this.#on = on;
    this.#admissions = new Admissions(configs, roles, 'jwt.unconfigured');
    this.#used = new PassingRecords(on.records, 'jti');
  }

  /** @throws WatchwordError `login.refused`, `login.unavailable` */
  async login({ role: named = '', jwt }: JwtLogin, context: ReadContext) {
    const admission = await this.#admissions.find(
      context,
      ({ defaultRole }) => named || defaultRole,
      (config) => {
        const rules = rulesOf(newJwtRole, platformOfConfig(config));
        return verifyForNobody(this.#on.jwt, jwt, { settings: issuerOf(config), rules });
      },
    );
    const { role, config } = admission;
    const platform = platformOfConfig(config);
    const token = await this.#on.jwt.verify(jwt, issuerOf(config), rulesOf(role, platform));
    const identity = platformIdentity(platform, token, config.spiffeTrustDomain);
    if (role.boundSubject !== '' && !identity.subjects.includes(role.boundSubject)) throw refusedLogin('jwt.subject');
    requireBoundClaims(token.claims, role.boundClaims, role.boundClaimsType);
    refuseOutsiders(platform, token.claims, role.boundClaims);
    if (role.jtiPolicy === 'once' && token.id === undefined) throw refusedLogin('jwt.no-id');
    const admitted = this.#on.logins.admit(this.#identified({ ...admission, token, identity }), context);
    // Here, so that a replay costs no transaction; the transaction decides between those that come at once.
    const { reader, mount } = context;
    const isUsed = role.jtiPolicy === 'once' && (await this.#used.find(reader, mount, replayName(token))) !== undefined;
    if (isUsed) throw refusedLogin('jwt.replayed');
    return admitted;
  }

  #identified(admission: Admitted): Identified {
    const { name, role, token, identity } = admission;
    const user = role.userClaim === '' ? identity.localId : claimText(token.claims, role.userClaim);
    if (user === undefined) throw refusedLogin('jwt.user-claim');
    const mapped = mappedClaims(role, token);
    const { subject, claims, cluster, region } = identity;
    const displayName = role.userClaim === '' ? identity.displayName : user;
    return {
      // What the role maps never stands in the place of what the platform says.
      workload: { method: 'jwt', subject, displayName, claims: { ...mapped, ...claims }, cluster, region },
      role: { collection: 'role', name },
      parameters: role,
      metadata: { ...mapped, role: name },
      alias: { name: user, metadata: mapped },
      groups: groupsIn(role, token),
      confirm: (inside) => this.#confirm(inside, admission),
    };
  }

  async #confirm(inside: ChangeContext, { token, ...admission }: Admitted): Promise<void> {
    await this.#admissions.confirm(inside, admission);
    const { role } = admission;
    if (role.jtiPolicy !== 'once') return;
    const expiresAt = token.expiresAt + LARGEST_SKEW * 1000;
    const first = await this.#used.insert(inside.tx, inside.mount, { name: replayName(token), value: true, expiresAt });
    if (!first) throw refusedLogin('jwt.replayed');
  }
}

/** Ids are unique for their issuer alone (RFC 7519 § 4.1.7), and may be long. */
function replayName({ issuer, id = '' }: VerifiedToken): string {
  return createHash('sha256')
    .update(JSON.stringify([issuer, id]))
    .digest('base64url');
}

/** A claim that is not there is not told, as in Vault. */
function mappedClaims({ claimMappings }: JwtRole, { claims }: VerifiedToken): Record<string, string> {
  const mapped: Record<string, string> = {};
  for (const [claim, name] of Object.entries(claimMappings)) {
    const text = claimText(claims, claim);
    if (text !== undefined) mapped[name] = text;
  }
  return mapped;
}

function groupsIn({ groupsClaim }: JwtRole, { claims }: VerifiedToken): readonly string[] {
  if (groupsClaim === '') return [];
  const value = claimAt(claims, groupsClaim);
  const groups: readonly unknown[] = Array.isArray(value) ? value : [value];
  const named = (group: unknown): group is string => typeof group === 'string' && group !== '' && group.length <= 512;
  if (groups.length > MOST_GROUPS || !groups.every(named)) throw refusedLogin('jwt.groups');
  return groups;
}
