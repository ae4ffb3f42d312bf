import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../foundation/ports.ts';
import { JobWatch } from './job-watch.ts';
import { FakeCluster, runningJob } from './testing/fake-cluster.ts';

const clock = { now: () => 1_795_655_500_000, sleep: async () => {} };
const { privateKey: key } = generateKeyPairSync('ed25519');

let directory: string;
let cluster: FakeCluster;
let reported: { state: string; job_id: number }[];
let reachable: boolean;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'watchword-jobs-'));
  cluster = new FakeCluster();
  reported = [];
  reachable = true;
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const open = () =>
  JobWatch.open({
    run: cluster.run,
    signing: { key, cluster: 'alpha', audience: 'watchword-alpha' },
    clock,
    logger: silentLogger,
    stateFile: join(directory, 'jobs.json'),
    report: async (statement) => {
      if (!reachable) throw new Error('nobody answers');
      reported.push(JSON.parse(Buffer.from(statement.split('.')[1] ?? '', 'base64url').toString()).slurm);
    },
  });

describe('the end of a job', () => {
  it.each([
    'COMPLETED',
    'FAILED',
    'CANCELLED',
    'TIMEOUT',
    'NODE_FAIL',
    'PREEMPTED',
    'REQUEUED',
    'OUT_OF_MEMORY',
    'SOMETHING_NEW',
  ])('is reported once when it is %s', async (state) => {
    const watch = await open();
    cluster.jobs.set(7, runningJob());
    await watch.add(7);
    expect(await watch.check()).toBe(0);
    expect(reported).toEqual([]);
    cluster.jobs.set(7, runningJob({ state }));
    await watch.check();
    await watch.check();
    expect(reported).toEqual([{ state: 'ENDED', job_id: 7 }]);
  });

  it('is reported when the controller has forgotten the job', async () => {
    const watch = await open();
    await watch.add(7);
    await watch.check();
    expect(reported).toEqual([{ state: 'ENDED', job_id: 7 }]);
  });

  it('is not taken from a controller that does not answer', async () => {
    const watch = await open();
    await watch.add(7);
    cluster.up = false;
    expect(await watch.check()).toBe(1);
    expect(reported).toEqual([]);
  });

  it('is reported as soon as the server can be reached', async () => {
    const watch = await open();
    await watch.add(7);
    reachable = false;
    expect(await watch.check()).toBe(1);
    reachable = true;
    expect(await watch.check()).toBe(0);
    expect(reported).toHaveLength(1);
  });

  it('is remembered over a restart of the agent', async () => {
    await (await open()).add(7);
    const again = await open();
    expect(again.size).toBe(1);
    await again.check();
    expect(reported).toEqual([{ state: 'ENDED', job_id: 7 }]);
    expect((await open()).size).toBe(0);
  });

  it('is not believed of somebody who only says so', async () => {
    const watch = await open();
    cluster.jobs.set(7, runningJob());
    await watch.add(7);
    expect(await watch.ended(7)).toBe(true);
    expect(reported).toEqual([]);
  });

  it('of a job that never logged in concerns nobody', async () => {
    expect(await (await open()).ended(9)).toBe(true);
    expect(reported).toEqual([]);
  });
});

it('a state file that cannot be read stops the agent, so that no job is forgotten', async () => {
  await writeFile(join(directory, 'jobs.json'), '{ half');
  await expect(open()).rejects.toThrow();
});
