import { WatchwordError } from '../../foundation/errors.ts';
import type { JsonObject } from '../../foundation/exact-json.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import type { Token } from '../token.ts';
import { fillTemplate, readTemplate } from './claim-template.ts';
import type { IssuerRole } from './contract.ts';

/** Who a token speaks of. */
export interface Subject {
  readonly token: Token;
  /** The session's facts, for templates. */
  readonly attributes: Readonly<Record<string, string>>;
}

export type FindMount = (id: string) => MountPoint | undefined;

/**
 * What `sub` says. A workload's is led by the accessor of the mount that it logged in at: two mounts may know the same subject, but
 * no accessor is ever given to another mount.
 * @throws WatchwordError `issuer.subject` for a token that has no such subject
 */
export function subjectOf({ subject }: IssuerRole, { token, attributes }: Subject, findMount: FindMount): string {
  if (subject === 'entity') {
    // The session knows what became of the entity since the login.
    const id = attributes['identity.entity.id'];
    if (id === undefined || id === '') throw noSubject("no entity associated with the request's token");
    return id;
  }
  const accessor = token.login === null ? undefined : findMount(token.login.mountId)?.accessor;
  if (accessor === undefined || token.subject === '') throw noSubject('the token was not given to a workload that logged in');
  return `${accessor}:${token.subject}`;
}

const noSubject = (what: string) => new WatchwordError('issuer.subject', what);

const WORKLOAD = 'workload.';
const CLAIMS = 'workload.claims.';

/** The claim `workload`: who logged in, and what the platform said of him. */
function workloadClaim({ attributes }: Subject): JsonObject {
  const told = (name: string) => attributes[`${WORKLOAD}${name}`] ?? '';
  const claims = Object.entries(attributes).filter(([name]) => name.startsWith(CLAIMS));
  return {
    method: told('method'),
    subject: told('subject'),
    role: told('role'),
    owner: told('owner'),
    cluster: told('cluster'),
    region: told('region'),
    claims: Object.fromEntries(claims.map(([name, value]) => [name.slice(CLAIMS.length), value])),
  };
}

/** What the role adds of its own: template and workload. @param now milliseconds since the epoch */
export function claimsOfRole(role: IssuerRole, subject: Subject, now: number): JsonObject {
  const own = fillTemplate(readTemplate(role.template), { attributes: subject.attributes, now });
  return { ...own, ...(role.workloadClaims ? { workload: workloadClaim(subject) } : {}), ...confirmation(subject) };
}

/** A token that came from a bound one is bound to the same key (RFC 9449 § 6.1, RFC 8705 § 3.1). */
function confirmation({ token: { binding } }: Subject): JsonObject {
  if (binding === undefined) return {};
  return { cnf: { [binding.kind === 'mtls' ? 'x5t#S256' : 'jkt']: binding.thumbprint } };
}
