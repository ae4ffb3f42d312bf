import { readFile } from 'node:fs/promises';
import { nodeFiles } from '../../foundation/node-files.ts';
import type { Clock, Logger } from '../../foundation/ports.ts';
import { type AttestationKey, attest } from './attestation.ts';
import { findJob } from './jobs.ts';
import type { RunProgram } from './programs.ts';

export interface JobWatchDependencies {
  readonly run: RunProgram;
  readonly signing: AttestationKey;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where the jobs that logged in are remembered, so that a restart forgets none. */
  readonly stateFile: string;
  /** Gives a statement to the server, which ends the job's tokens. Rejects where it could not. */
  readonly report: (statement: string) => Promise<void>;
}

/** While a job is one of these, its tokens live. */
const LIVING: ReadonlySet<string> = new Set([
  'RUNNING',
  'SUSPENDED',
  'STOPPED',
  'RESIZING',
  'SIGNALING',
  'STAGE_OUT',
  'COMPLETING',
]);

/** Tells the server when the jobs that logged in have ended: at the epilog's word, and by asking the controller. */
export class JobWatch {
  readonly #on: JobWatchDependencies;
  readonly #jobs = new Set<number>();

  private constructor(on: JobWatchDependencies, jobs: readonly number[]) {
    this.#on = on;
    for (const job of jobs) this.#jobs.add(job);
  }

  static async open(on: JobWatchDependencies): Promise<JobWatch> {
    return new JobWatch(on, await remembered(on.stateFile));
  }

  get size(): number {
    return this.#jobs.size;
  }

  /** Before the job gets its statement: from here on its end will be reported, whatever happens. */
  async add(job: number): Promise<void> {
    if (this.#jobs.has(job)) return;
    this.#jobs.add(job);
    await this.#remember();
  }

  /** Looks at every job once; reports those that have ended. Gives how many could not be looked at or reported. */
  async check(): Promise<number> {
    let failed = 0;
    for (const job of [...this.#jobs]) if (!(await this.#settled(job))) failed += 1;
    return failed;
  }

  /** The epilog says that a job has ended; the controller is asked all the same. */
  async ended(job: number): Promise<boolean> {
    return this.#jobs.has(job) ? this.#settled(job) : true;
  }

  async #settled(id: number): Promise<boolean> {
    const { run, signing, clock, logger, report } = this.#on;
    try {
      const job = await findJob(run, id);
      if (job !== undefined && LIVING.has(job.state)) return true;
      await report(attest(signing, { kind: 'ended', jobId: id }, clock.now()));
      this.#jobs.delete(id);
      await this.#remember();
      logger.info('a job has ended, and its tokens with it', { job: id });
      return true;
    } catch (error) {
      logger.warn('the end of a job could not be settled: trying again', { job: id, cause: causeOf(error) });
      return false;
    }
  }

  async #remember(): Promise<void> {
    await nodeFiles.replace(this.#on.stateFile, Buffer.from(JSON.stringify([...this.#jobs])));
  }
}

async function remembered(file: string): Promise<number[]> {
  try {
    const jobs: unknown = JSON.parse(await readFile(file, 'utf8'));
    return Array.isArray(jobs) ? jobs.filter((job): job is number => Number.isSafeInteger(job)) : [];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function causeOf(error: unknown): string {
  return error instanceof Error ? ('code' in error ? String(error.code) : error.name) : 'unknown';
}
