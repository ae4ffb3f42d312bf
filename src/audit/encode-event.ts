import { canonicalJson } from '../foundation/canonical-json.ts';
import type { Principal } from '../foundation/principal.ts';
import type { AuditRecord } from './contract.ts';
import { activityId, OCSF_VERSION, ocsfClasses, ocsfOutcomes } from './ocsf.ts';

const text = (value: string): string => JSON.stringify(value);
const texts = (values: readonly string[]): string => JSON.stringify(values);
const PRODUCT = '{"name":"Watchword","vendor_name":"Watchword"}';

/**
 * One event as canonical JSON (RFC 8785), without a newline. Written out by hand, since every request passes here: each
 * object's keys stand in sorted order, and what is undefined is left out.
 * @throws TypeError when a fact is a number that JSON cannot hold.
 */
export function encodeEvent(record: AuditRecord, index: number): string {
  const ocsfClass = ocsfClasses[record.class];
  const activity = activityId(ocsfClass, record.activity);
  const { status, severity } = ocsfOutcomes[record.outcome];
  return (
    `{"activity_id":${activity}${actor(record.principal)},"api":{"operation":${text(record.operation)},"request":{"uid":${text(record.requestId)}}}` +
    `,"category_uid":${ocsfClass.category},"class_uid":${ocsfClass.uid}` +
    `,"metadata":{"product":${PRODUCT},"sequence":${index},"uid":${text(record.requestId)},"version":"${OCSF_VERSION}"}` +
    `,"resources":[${resource(record)}],"severity_id":${severity}${endpoint(record.remote)}` +
    `${record.errorCode === undefined ? '' : `,"status_code":${text(record.errorCode)}`}${record.reason === undefined ? '' : `,"status_detail":${text(record.reason)}`},"status_id":${status}` +
    `,"time":${record.time},"type_uid":${ocsfClass.uid * 100 + activity},"unmapped":${unmapped(record)}${subject(record)}}`
  );
}

function actor(principal: Principal | undefined): string {
  if (principal === undefined) return '';
  const session = principal.session === '' ? '' : `"session":{"uid":${text(principal.session)}},`;
  return `,"actor":{${session}"user":${user(principal)}}`;
}

function user({ namespace, policies, displayName, method, id }: Principal): string {
  return (
    `{"domain":${text(namespace)},"groups":[${policies.map(group).join(',')}]` +
    `,"name":${text(displayName)},"type":${text(method)},"uid":${text(id)}}`
  );
}

/** OCSF's Authentication says in `user` who logs in; the actor of a login is that same caller. */
function subject({ class: eventClass, principal }: AuditRecord): string {
  return eventClass === 'login' && principal !== undefined ? `,"user":${user(principal)}` : '';
}

const group = (policy: string): string => `{"name":${text(policy)}}`;

function resource({ path, mount, namespace }: AuditRecord): string {
  const kind = mount === undefined ? '' : `,"type":${text(mount.kind)},"uid":${text(mount.id)}`;
  return `{"name":${text(path)},"namespace":${text(namespace)}${kind}}`;
}

function endpoint(remote: AuditRecord['remote']): string {
  return remote === undefined ? '' : `,"src_endpoint":{"ip":${text(remote.address)},"port":${remote.port}}`;
}

/** What OCSF has no place for. */
function unmapped(record: AuditRecord): string {
  const { facts, grantedBy, intent, mount, requestDigests, responseDigests } = record;
  return (
    `{"activity":"${record.activity}"` +
    `${facts === undefined ? '' : `,"facts":${canonicalJson(facts)}`}` +
    `${grantedBy === undefined ? '' : `,"granted_by":${texts(grantedBy)}`}` +
    `${intent === undefined ? '' : `,"intent":${intent}`}` +
    `${mount === undefined ? '' : `,"mount_path":${text(mount.path)}`},"outcome":"${record.outcome}","phase":"${record.phase}"` +
    `${requestDigests === undefined ? '' : `,"request_digests":${texts(requestDigests)}`}` +
    `${responseDigests === undefined ? '' : `,"response_digests":${texts(responseDigests)}`}}`
  );
}
