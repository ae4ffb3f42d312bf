import type { AuditRecord } from '../audit/contract.ts';

/** One credential value that was handed out. */
export interface Retrieval {
  readonly mountId: string;
  /** Below the mount. */
  readonly path: string;
  /** Undefined for unversioned credentials. */
  readonly version: number | undefined;
  /** Accessor of the token. */
  readonly session: string | undefined;
  /** `method:id` of whoever acted. */
  readonly workload: string | undefined;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** Operations that hand out the value of a credential. A wrapped read counts when it is wrapped, unwrapping does not. */
const handingOut = new Set(['kv.read', 'kv1.read']);

/**
 * The retrieval that an event of the log tells of, or undefined. Refused, failed and pending requests are none, nor are
 * reads that found nothing to hand out: those carry no digest of a value, or say that it was withheld.
 */
export function retrievalOf(record: AuditRecord | undefined): Retrieval | undefined {
  if (record === undefined || record.class !== 'retrieval' || !handingOut.has(record.operation)) return undefined;
  if (record.outcome !== 'success' || record.phase === 'intent') return undefined;
  const { facts = {}, mount, principal, responseDigests, time } = record;
  const { path, version, withheld } = facts;
  if (responseDigests === undefined || withheld === true || mount === undefined || typeof path !== 'string') return undefined;
  return {
    mountId: mount.id,
    path,
    version: record.operation === 'kv.read' && typeof version === 'number' ? version : undefined,
    session: principal === undefined || principal.session === '' ? undefined : principal.session,
    workload: principal === undefined ? undefined : `${principal.method}:${principal.id}`,
    time,
  };
}
