import { WatchwordError } from '../../../foundation/errors.ts';
import type { RunProgram } from '../programs.ts';

/** A job as `squeue` prints it. */
export interface FakeJob {
  uid: number;
  user: string;
  state: string;
  partition: string;
  account: string;
  start: string;
  end: string;
  nodes: readonly string[];
}

/** What a credential says when it is opened, in munged's own words. */
export interface FakeCredential {
  readonly uid: number;
  readonly host: string;
  readonly payload: string;
}

/** The programs of a cluster, answering in the form that SLURM 22.05 and MUNGE 0.5 print. */
export class FakeCluster {
  readonly jobs = new Map<number, FakeJob>();
  readonly credentials = new Map<string, FakeCredential>();
  readonly addresses = new Map<string, string>([['n1', '10.0.0.1']]);
  up = true;
  readonly #opened = new Set<string>();

  readonly run: RunProgram = async (program, words, input = '') => {
    if (program === 'unmunge') return this.#unmunge(input);
    if (!this.up) throw new WatchwordError('client.usage', `${program} failed with exit code 1.`);
    if (program === 'squeue') return this.#squeue(words);
    if (program === 'scontrol') return this.#scontrol(words);
    throw new WatchwordError('client.usage', `${program} is not installed here.`);
  };

  /** The text of a credential that opens to this. */
  credential(opened: FakeCredential): string {
    const text = `MUNGE:${Buffer.from(JSON.stringify([opened, this.credentials.size])).toString('base64')}:`;
    this.credentials.set(text, opened);
    return text;
  }

  #unmunge(text: string): string {
    const opened = this.credentials.get(text);
    if (opened === undefined || this.#opened.has(text))
      throw new WatchwordError('client.usage', 'unmunge failed with exit code 17.');
    this.#opened.add(text);
    const { uid, host, payload } = opened;
    const fields = { STATUS: 0, ENCODE_HOST: host, TTL: 300, UID: uid, GID: uid, LENGTH: payload.length };
    const head = Object.entries(fields).map(([name, value]) => `${`${name}:`.padEnd(17)}${value}`);
    return `${head.join('\n')}\n\n${payload}`;
  }

  #squeue(words: readonly string[]): string {
    const id = Number(words.find((word) => word.startsWith('--jobs='))?.slice('--jobs='.length));
    const job = this.jobs.get(id);
    if (job === undefined) throw new WatchwordError('client.usage', 'squeue failed with exit code 1.');
    const { uid, user, state, partition, account, start, end, nodes } = job;
    return `${[id, uid, user, state, partition, account, start, end, nodes.join(',')].join('|')}\n`;
  }

  #scontrol([verb, what, name = '']: readonly string[]): string {
    if (verb === 'ping') return 'Slurmctld(primary) at head is UP\n';
    if (what === 'hostnames') return `${name.split(',').join('\n')}\n`;
    return `NodeName=${name} Arch=x86_64 NodeAddr=${this.addresses.get(name) ?? name} NodeHostName=${name} State=ALLOCATED\n`;
  }
}

/** A job that runs for user 1000 on `n1`. */
export function runningJob(more: Partial<FakeJob> = {}): FakeJob {
  return {
    uid: 1000,
    user: 'ada',
    state: 'RUNNING',
    partition: 'gpu',
    account: 'vision',
    start: '1795655000',
    end: '1795659000',
    nodes: ['n1'],
    ...more,
  };
}
