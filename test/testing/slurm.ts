import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Daemon, daemonEnvironment, freePort, NOBODY, startDaemon, until } from './daemon.ts';

const run = promisify(execFile);
const READY_MS = 20_000;
const JOB_MS = 30_000;

/** A real cluster of one node, `n1` with the partition `gpu`, on the loopback interface: slurmctld, slurmd and munged. Needs root. */
export interface Slurm {
  readonly cluster: string;
  readonly mungeSocket: string;
  /** Where jobs may write. */
  readonly directory: string;
  /** For programs that talk to it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Gives the job's id. */
  submit(script: string, options?: SubmitOptions): Promise<number>;
  /** Resolves once the job has this state. @throws Error after half a minute, with the state that it has */
  waitFor(job: number, state: string): Promise<void>;
  cancel(job: number): Promise<void>;
  stop(): Promise<void>;
}

export interface SubmitOptions {
  readonly account?: string;
  readonly minutes?: number;
  /** `nobody` otherwise. */
  readonly user?: number;
}

export async function startSlurm(cluster = 'alpha'): Promise<Slurm> {
  const directory = await mkdtemp(join(tmpdir(), 'watchword-slurm-'));
  await chmod(directory, 0o755);
  for (const folder of ['run', 'spool', 'state', 'log', 'jobs']) await mkdir(join(directory, folder));
  await chmod(join(directory, 'jobs'), 0o777);
  await writeFile(join(directory, 'munge.key'), randomBytes(1024), { mode: 0o400 });
  const mungeSocket = join(directory, 'run/munge.sock');
  const conf = join(directory, 'slurm.conf');
  await writeFile(conf, configuration({ cluster, directory, mungeSocket, ports: [await freePort(), await freePort()] }));
  const environment = { SLURM_CONF: conf, SLURM_TIME_FORMAT: '%s' };
  const daemons: Daemon[] = [
    startDaemon('munged', mungeWords(directory, mungeSocket)),
    startDaemon('slurmctld', ['-D', '-f', conf], { environment }),
    startDaemon('slurmd', ['-D', '-f', conf, '-N', 'n1'], { environment }),
  ];
  const ask = async (program: string, words: readonly string[]) =>
    (await run(program, words, { env: daemonEnvironment(environment) })).stdout.trim();
  const stop = async () => {
    for (const daemon of daemons.toReversed()) await daemon.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await until(READY_MS, async () => (await ask('sinfo', ['--noheader', '--format=%T'])) === 'idle');
  } catch (error) {
    const log = await readFile(join(directory, 'log/slurmctld.log'), 'utf8').catch(() => '');
    await stop();
    throw new Error(`the cluster did not start: ${log.slice(-2000)}`, { cause: error });
  }
  return {
    cluster,
    mungeSocket,
    directory: join(directory, 'jobs'),
    environment,
    submit: (script, options) => submit({ directory, environment }, script, options),
    async waitFor(job, state) {
      let seen = '';
      const look = async () => {
        seen = await ask('squeue', ['--noheader', '--states=all', `--jobs=${job}`, '--format=%T']);
        return seen === state;
      };
      await until(JOB_MS, look, () => `job ${job} is ${seen}, not ${state}`);
    },
    cancel: async (job) => void (await ask('scancel', [String(job)])),
    stop,
  };
}

async function submit(
  { directory, environment }: { directory: string; environment: Record<string, string> },
  script: string,
  { account = 'vision', minutes = 5, user = NOBODY }: SubmitOptions = {},
): Promise<number> {
  const file = join(directory, 'jobs', `job-${randomBytes(6).toString('hex')}.sh`);
  await writeFile(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const words = ['--parsable', '--export=NONE', `--account=${account}`, `--time=${minutes}`, '--output=/dev/null', file];
  const { stdout } = await run('setpriv', [`--reuid=${user}`, `--regid=${user}`, '--clear-groups', 'sbatch', ...words], {
    cwd: join(directory, 'jobs'),
    env: daemonEnvironment(environment),
  });
  return Number(stdout.trim().split(';')[0]);
}

function mungeWords(directory: string, socket: string): string[] {
  const file = (name: string) => join(directory, name);
  return [
    '--foreground',
    '--force',
    `--key-file=${file('munge.key')}`,
    `--socket=${socket}`,
    `--pid-file=${file('run/munged.pid')}`,
    `--log-file=${file('log/munged.log')}`,
    `--seed-file=${file('run/munged.seed')}`,
    '--num-threads=2',
  ];
}

interface Cluster {
  readonly cluster: string;
  readonly directory: string;
  readonly mungeSocket: string;
  readonly ports: readonly number[];
}

function configuration({ cluster, directory, mungeSocket, ports: [controller, node] }: Cluster): string {
  return `ClusterName=${cluster}
SlurmctldHost=localhost(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=${mungeSocket}
CryptoType=crypto/munge
SlurmctldPort=${controller}
SlurmdPort=${node}
StateSaveLocation=${directory}/state
SlurmdSpoolDir=${directory}/spool
SlurmctldPidFile=${directory}/run/slurmctld.pid
SlurmdPidFile=${directory}/run/slurmd.pid
SlurmctldLogFile=${directory}/log/slurmctld.log
SlurmdLogFile=${directory}/log/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,sched_interval=1
MinJobAge=60
KillWait=1
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SlurmdParameters=config_overrides
NodeName=n1 NodeHostname=${hostname().split('.')[0]} NodeAddr=127.0.0.1 CPUs=16 State=UNKNOWN
PartitionName=gpu Nodes=n1 Default=YES MaxTime=INFINITE State=UP
`;
}
