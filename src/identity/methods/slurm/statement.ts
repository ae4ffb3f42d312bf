import { z } from 'zod';

/** What the agent of a node says about a job. */
export interface JobStatement {
  readonly nonce: string | undefined;
  readonly job: {
    readonly id: number;
    /** `RUNNING`, or `ENDED` at the end. */
    readonly state: string;
    readonly uid: number;
    readonly user: string;
    readonly account: string;
    readonly partition: string;
    /** Milliseconds since the epoch: the job's time limit; undefined where it has none. */
    readonly endsAt: number | undefined;
  };
}

const id = z
  .int()
  .min(1)
  .max(2 ** 32);
const word = z.string().max(256);

const statement = z.object({
  nonce: z.string().max(512).optional(),
  slurm: z.union([
    z.object({ state: z.literal('ENDED'), job_id: id }),
    z.object({
      state: word,
      job_id: id,
      uid: z
        .int()
        .min(0)
        .max(2 ** 32),
      user: word.min(1),
      account: word,
      partition: word,
      ends_at: z.int().positive().optional(),
    }),
  ]),
});

/** The statement in the claims of a verified token; undefined for anything else. */
export function statementIn(claims: unknown): JobStatement | undefined {
  const parsed = statement.safeParse(claims);
  if (!parsed.success) return undefined;
  const { nonce, slurm } = parsed.data;
  if (!('uid' in slurm)) {
    return { nonce, job: { id: slurm.job_id, state: 'ENDED', uid: -1, user: '', account: '', partition: '', endsAt: undefined } };
  }
  const { job_id, state, uid, user, account, partition, ends_at } = slurm;
  const endsAt = ends_at === undefined ? undefined : ends_at * 1000;
  return { nonce, job: { id: job_id, state, uid, user, account, partition, endsAt } };
}
