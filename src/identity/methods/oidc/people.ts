import type { ReadContext } from '../../../access/operation.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { claimAt, requireBoundClaims } from '../../jwt/bound-claims.ts';
import type { JwtVerifier, VerifiedToken } from '../../jwt/jwt-verifier.ts';
import { refusedLogin } from '../../login-refusal.ts';
import type { Identified } from '../../logins/logins.ts';
import { issuerOf, type OidcConfig, type OidcRole } from './settings.ts';

/** Which person an ID token stands for, if the role admits her. */
export interface Person {
  readonly config: OidcConfig;
  readonly name: string;
  readonly role: OidcRole;
  readonly idToken: Secret;
  /** What the token must repeat; undefined for devices, which send none. */
  readonly nonce: string | undefined;
}

/** @throws WatchwordError `login.refused`, `login.unavailable` */
export async function identifyPerson(jwt: JwtVerifier, person: Person, { now }: ReadContext): Promise<Identified> {
  const { config, name, role, idToken, nonce } = person;
  const audiences = [config.clientId, ...role.boundAudiences];
  const verified = await jwt.verify(idToken, issuerOf(config), { audiences });
  const { claims } = verified;
  if (nonce !== undefined && claims['nonce'] !== nonce) throw refusedLogin('oidc.nonce');
  // A token for several clients says which of them asked for it.
  if (claims['azp'] !== undefined && claims['azp'] !== config.clientId) throw refusedLogin('oidc.authorized-party');
  if (role.maxAge > 0) {
    const authTime = claims['auth_time'];
    if (typeof authTime !== 'number' || now / 1000 - authTime > role.maxAge + 60) throw refusedLogin('oidc.max-age');
  }
  if (role.boundSubject !== '' && verified.subject !== role.boundSubject) throw refusedLogin('claims.mismatch');
  requireBoundClaims(claims, role.boundClaims, role.boundClaimsType);
  return identified({ name, role, verified });
}

function identified({ name, role, verified }: { name: string; role: OidcRole; verified: VerifiedToken }): Identified {
  const { claims, issuer, subject } = verified;
  const user = textAt(claims, role.userClaim);
  if (user === undefined) throw refusedLogin('claims.missing');
  const mapped: Record<string, string> = {};
  for (const [claim, told] of Object.entries(role.claimMappings)) {
    const value = textAt(claims, claim);
    if (value === undefined) throw refusedLogin('claims.missing');
    mapped[told] = value;
  }
  return {
    workload: {
      method: 'oidc',
      // `sub` is the provider's own and never given to another; what people read may be.
      subject: `${issuer}#${subject}`,
      displayName: textAt(claims, 'email') ?? textAt(claims, 'name') ?? user,
      claims: { sub: subject, issuer, ...mapped },
    },
    role: { collection: 'role', name },
    parameters: role,
    metadata: { role: name, ...mapped },
    alias: { name: user, metadata: mapped },
    groups: groupsIn(claims, role),
  };
}

function textAt(claims: VerifiedToken['claims'], name: string): string | undefined {
  const value = claimAt(claims, name);
  return typeof value === 'string' && value !== '' && value.length <= 512 ? value : undefined;
}

function groupsIn(claims: VerifiedToken['claims'], { groupsClaim }: OidcRole): readonly string[] {
  if (groupsClaim === '') return [];
  const groups = claimAt(claims, groupsClaim);
  const list = Array.isArray(groups) ? groups : [groups];
  if (!list.every((group): group is string => typeof group === 'string') || list.length > 1000) throw refusedLogin('oidc.groups');
  return list;
}
