import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { daemonEnvironment, NOBODY, until } from '../testing/daemon.ts';
import { type Slurm, startSlurm } from '../testing/slurm.ts';

const run = promisify(execFile);
const { slurm: available } = inject('services');
const DAEMON = 1;

describe.skipIf(!available)('SLURM and munge, as packaged', () => {
  let slurm: Slurm;

  const ask = async (program: string, ...words: string[]) =>
    (await run(program, words, { env: daemonEnvironment(slurm.environment) })).stdout;
  const munge = (credential: string) =>
    `munge --socket='${slurm.mungeSocket}' --no-input > '${join(slurm.directory, credential)}'`;
  /** What munged says about a credential in a file, refusals too. */
  const unmunge = (file: string) =>
    ask('unmunge', `--socket=${slurm.mungeSocket}`, `--input=${file}`).catch(({ stdout, stderr }) => `${stdout}${stderr}`);

  beforeAll(async () => {
    slurm = await startSlurm('beta');
  });

  afterAll(async () => {
    await slurm?.stop();
  });

  it('describe a running job in JSON, with who runs it and where', async () => {
    const job = await slurm.submit('sleep 60', { user: DAEMON, account: 'vision' });
    await slurm.waitFor(job, 'RUNNING');
    const { jobs } = JSON.parse(await ask('squeue', '--json', `--jobs=${job}`));
    expect(jobs).toHaveLength(1);
    const described = { job_id: job, job_state: 'RUNNING', user_id: DAEMON, account: 'vision', partition: 'gpu', nodes: 'n1' };
    expect(jobs[0]).toMatchObject({ ...described, cluster: 'beta' });
    await slurm.cancel(job);
    await slurm.waitFor(job, 'CANCELLED');
  });

  it('vouch for the user of a job, once', async () => {
    const [first, second] = await Promise.all([
      slurm.submit(munge('of-nobody')),
      slurm.submit(munge('of-daemon'), { user: DAEMON }),
    ]);
    await Promise.all([slurm.waitFor(first, 'COMPLETED'), slurm.waitFor(second, 'COMPLETED')]);
    const file = (name: string) => join(slurm.directory, name);
    expect(await unmunge(file('of-nobody'))).toMatch(new RegExp(`^UID:.*\\(${NOBODY}\\)$`, 'm'));
    expect(await unmunge(file('of-daemon'))).toMatch(new RegExp(`^UID:.*\\(${DAEMON}\\)$`, 'm'));
    expect(await unmunge(file('of-nobody'))).toMatch(/^STATUS:\s+Replayed credential/m);
  });

  it('vouch for nobody of another cluster', async () => {
    const other = await startSlurm('gamma');
    try {
      const credential = join(other.directory, 'foreign');
      await run('sh', ['-c', `munge --socket='${other.mungeSocket}' --no-input > '${credential}'`]);
      expect(await unmunge(credential)).toContain('Invalid credential');
    } finally {
      await other.stop();
    }
  });

  it('leave a job its own environment: the id that it claims is only a word', async () => {
    const out = join(slurm.directory, 'claimed');
    const job = await slurm.submit(`SLURM_JOB_ID=1; echo "$SLURM_JOB_ID" > '${out}'; sleep 60`);
    await until(20_000, async () => (await readFile(out, 'utf8')).endsWith('\n'));
    expect(job).not.toBe(1);
    expect(await readFile(out, 'utf8')).toBe('1\n');
    await slurm.cancel(job);
  });
});
