import { WatchwordError } from '../../foundation/errors.ts';
import { type AttestationKey, attest } from './attestation.ts';
import { findJob, isOnNodes, jobId, type SlurmJob } from './jobs.ts';
import { type MungeAccess, unmunge } from './munge.ts';

/** What a job puts into its MUNGE credential. */
export interface MungedClaim {
  readonly aud: string;
  readonly nonce: string;
  readonly job_id: number;
}

export interface VerifyJobDependencies extends MungeAccess {
  readonly signing: AttestationKey;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface VerifiedJob {
  readonly job: SlurmJob;
  /** Signed statement for the server. */
  readonly attestation: string;
}

/**
 * Checks that whoever made the credential is the user of a running job, on one of its nodes, and meant it for our server.
 * It proves the user, the cluster and the job's state; any process of that user on those nodes could have made it.
 * @throws WatchwordError `client.usage` saying which check failed
 */
export async function verifyJob(on: VerifyJobDependencies, credential: string): Promise<VerifiedJob> {
  const { run, signing, now } = on;
  const { uid, host, payload } = await unmunge(on, credential);
  const { aud, nonce, job_id: id } = claimIn(payload);
  if (aud !== signing.audience) refuse('The credential was made for another server.');
  const job = await findJob(run, jobId(id));
  if (job === undefined) return refuse('The controller knows no such job.');
  if (job.uid !== uid) refuse('The job belongs to another user than the credential.');
  if (job.state !== 'RUNNING') refuse('The job is not running.');
  if (!(await isOnNodes(run, job.nodes, host))) refuse("The credential was made on a host that is not one of the job's nodes.");
  return { job, attestation: attest(signing, { kind: 'running', job, nonce }, now()) };
}

function claimIn(payload: string): MungedClaim {
  try {
    const { aud, nonce, job_id } = JSON.parse(payload) as Record<string, unknown>;
    if (typeof aud === 'string' && typeof nonce === 'string' && nonce.length <= 512 && typeof job_id === 'number') {
      return { aud, nonce, job_id };
    }
  } catch {
    // Refused below: the payload is the caller's own text.
  }
  return refuse('The credential does not hold what a job says to log in.');
}

function refuse(message: string): never {
  throw new WatchwordError('client.usage', message);
}
