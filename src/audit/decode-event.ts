import { z } from 'zod';
import type { Principal } from '../foundation/principal.ts';
import type { AuditEvent, AuditRecord, EventClass } from './contract.ts';
import { ocsfClasses } from './ocsf.ts';

const fact = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);

/** The fields that a record is made of; bounds are those of the line that was read. */
const eventSchema = z.object({
  actor: z
    .object({
      session: z.object({ uid: z.string() }).optional(),
      user: z.object({
        domain: z.string(),
        groups: z.array(z.object({ name: z.string() })),
        name: z.string(),
        type: z.string(),
        uid: z.string(),
      }),
    })
    .optional(),
  api: z.object({ operation: z.string(), request: z.object({ uid: z.string() }) }),
  class_uid: z.number(),
  resources: z.tuple([
    z.object({ name: z.string(), namespace: z.string(), type: z.string().optional(), uid: z.string().optional() }),
  ]),
  src_endpoint: z.object({ ip: z.string(), port: z.number() }).optional(),
  status_code: z.string().optional(),
  status_detail: z.string().optional(),
  time: z.number(),
  unmapped: z.object({
    activity: z.enum(['create', 'read', 'update', 'delete', 'login', 'logout', 'other']),
    facts: z.record(z.string(), fact).optional(),
    granted_by: z.array(z.string()).optional(),
    intent: z.number().optional(),
    mount_path: z.string().optional(),
    outcome: z.enum(['success', 'denied', 'failure', 'pending', 'unknown']),
    phase: z.enum(['complete', 'intent', 'outcome']),
    request_digests: z.array(z.string()).optional(),
    response_digests: z.array(z.string()).optional(),
  }),
});

const classByUid = new Map(Object.entries(ocsfClasses).map(([name, { uid }]) => [uid, name as EventClass]));

/**
 * Any event of the log as the record that was appended, but for the principal's attributes, which are not logged;
 * undefined when it is not one of ours.
 */
export function decodeEvent(event: AuditEvent): AuditRecord | undefined {
  const parsed = eventSchema.safeParse(event);
  const eventClass = parsed.success ? classByUid.get(parsed.data.class_uid) : undefined;
  if (!parsed.success || eventClass === undefined) return undefined;
  const { actor, api, resources, src_endpoint, status_code, status_detail, time, unmapped } = parsed.data;
  const [{ name, namespace, type, uid }] = resources;
  const mounted = type !== undefined && uid !== undefined && unmapped.mount_path !== undefined;
  return {
    phase: unmapped.phase,
    class: eventClass,
    activity: unmapped.activity,
    operation: api.operation,
    outcome: unmapped.outcome,
    errorCode: status_code,
    reason: status_detail,
    time,
    requestId: api.request.uid,
    principal: actor === undefined ? undefined : principalOf(actor),
    remote: src_endpoint === undefined ? undefined : { address: src_endpoint.ip, port: src_endpoint.port },
    namespace,
    path: name,
    mount: mounted ? { id: uid, path: unmapped.mount_path ?? '', kind: type } : undefined,
    intent: unmapped.intent,
    grantedBy: unmapped.granted_by,
    facts: unmapped.facts,
    requestDigests: unmapped.request_digests,
    responseDigests: unmapped.response_digests,
  };
}

function principalOf({ session, user }: NonNullable<z.infer<typeof eventSchema>['actor']>): Principal {
  return {
    method: user.type,
    id: user.uid,
    displayName: user.name,
    namespace: user.domain,
    session: session?.uid ?? '',
    policies: user.groups.map((group) => group.name),
    attributes: {},
  };
}
