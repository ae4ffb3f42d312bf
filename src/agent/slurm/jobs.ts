import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { WatchwordError } from '../../foundation/errors.ts';
import type { RunProgram } from './programs.ts';

/** A job as the controller knows it. Its name is not among it: that is the user's own choice. */
export interface SlurmJob {
  readonly id: number;
  readonly uid: number;
  readonly user: string;
  /** `RUNNING`, `COMPLETED`, … */
  readonly state: string;
  readonly partition: string;
  readonly account: string;
  /** Milliseconds since the epoch; undefined where the controller does not say. */
  readonly startedAt: number | undefined;
  readonly endsAt: number | undefined;
  readonly nodes: readonly string[];
}

const FIELDS = '%A|%U|%u|%T|%P|%a|%S|%e|%N';

/** The job of this id; undefined where the controller knows none any more. @throws WatchwordError when SLURM does not answer */
export async function findJob(run: RunProgram, id: number): Promise<SlurmJob | undefined> {
  const words = ['--noheader', '--states=all', `--jobs=${id}`, `--format=${FIELDS}`];
  const printed = await run('squeue', words).catch((error: WatchwordError) => {
    // An id that was forgotten is an error to squeue, as much as a controller that is down: ask whether that is there.
    return run('scontrol', ['ping']).then((answer) => {
      if (/\bis UP\b/.test(answer)) return '';
      throw error;
    });
  });
  const rows = printed.split('\n').map((line) => line.trim().split('|'));
  const row = rows.find(([found]) => found === String(id));
  return row === undefined ? undefined : await jobOf(run, row);
}

async function jobOf(
  run: RunProgram,
  [id, uid, user = '', state = '', partition = '', account = '', start, end, nodes]: string[],
) {
  return {
    id: Number(id),
    uid: Number(uid),
    user,
    state,
    partition,
    account,
    startedAt: timeOf(start),
    endsAt: timeOf(end),
    nodes: nodes ? (await run('scontrol', ['show', 'hostnames', nodes])).split('\n').filter(Boolean) : [],
  };
}

/** The programs run with `SLURM_TIME_FORMAT=%s`. `N/A` and `NONE` are no times. */
function timeOf(text = ''): number | undefined {
  return /^\d{9,12}$/.test(text) ? Number(text) * 1000 : undefined;
}

/** Whether this address is one of the nodes', by what the controller says of them. */
export async function isOnNodes(run: RunProgram, nodes: readonly string[], address: string): Promise<boolean> {
  for (const node of nodes) {
    const printed = await run('scontrol', ['show', 'node', node, '--oneliner']);
    const name = /\bNodeAddr=(\S+)/.exec(printed)?.[1];
    if (name === undefined) continue;
    const addresses =
      isIP(name) !== 0 ? [name] : (await lookup(name, { all: true }).catch(() => [])).map((found) => found.address);
    if (addresses.includes(address)) return true;
  }
  return false;
}

/** @throws WatchwordError `client.usage` for what is no job id */
export function jobId(text: unknown): number {
  const id = Number(text);
  if (/^\d{1,10}$/.test(String(text)) && id > 0) return id;
  throw new WatchwordError('client.usage', 'A job id is a positive number.');
}
