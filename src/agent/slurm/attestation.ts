import { createHash, createPublicKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import type { JsonObject } from '../../foundation/exact-json.ts';
import type { SlurmJob } from './jobs.ts';

/** How the cluster's agents sign what they say to the server. */
export interface AttestationKey {
  /** Ed25519 or P-256 private key; all agents of a cluster have the same. */
  readonly key: KeyObject;
  readonly cluster: string;
  /** The `audience` of the server's mount. */
  readonly audience: string;
}

/** Seconds for which a statement can be used. */
const LIFETIME = 60;

/** What an agent says: that this job runs, for whoever holds the nonce; or that it has ended. */
export type Statement =
  | { readonly kind: 'running'; readonly job: SlurmJob; readonly nonce: string }
  | { readonly kind: 'ended'; readonly jobId: number };

/** A JWT (RFC 7519) from issuer `slurm:<cluster>`. @param now milliseconds since the epoch */
export function attest({ key, cluster, audience }: AttestationKey, statement: Statement, now: number): string {
  const issuedAt = Math.floor(now / 1000);
  const subject = statement.kind === 'running' ? statement.job.id : statement.jobId;
  const claims: JsonObject = {
    iss: `slurm:${cluster}`,
    sub: `job:${subject}`,
    aud: audience,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + LIFETIME,
    jti: randomUUID(),
    ...(statement.kind === 'running' ? { nonce: statement.nonce } : {}),
    slurm: { ...factsOf(statement) },
  };
  const rsaOrEc = key.asymmetricKeyType === 'ec';
  const header = { alg: rsaOrEc ? 'ES256' : 'EdDSA', typ: 'JWT', kid: keyId(key) };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part(header)}.${part(claims)}`;
  const signature = rsaOrEc
    ? sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' })
    : sign(null, Buffer.from(text), key);
  return `${text}.${signature.toString('base64url')}`;
}

function factsOf(statement: Statement): JsonObject {
  if (statement.kind === 'ended') return { state: 'ENDED', job_id: statement.jobId };
  const { job } = statement;
  return {
    state: job.state,
    job_id: job.id,
    uid: job.uid,
    user: job.user,
    account: job.account,
    partition: job.partition,
    nodes: [...job.nodes],
    ...(job.startedAt === undefined ? {} : { started_at: Math.floor(job.startedAt / 1000) }),
    ...(job.endsAt === undefined ? {} : { ends_at: Math.floor(job.endsAt / 1000) }),
  };
}

function keyId(key: KeyObject): string {
  const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('base64url').slice(0, 16);
}
