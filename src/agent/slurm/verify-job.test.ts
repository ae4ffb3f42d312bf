import { generateKeyPairSync, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FakeCluster, type FakeCredential, runningJob } from './testing/fake-cluster.ts';
import { verifyJob } from './verify-job.ts';

const NOW = 1_795_655_500_000;
const pair = generateKeyPairSync('ed25519');
const signing = { key: pair.privateKey, cluster: 'alpha', audience: 'watchword-alpha' };
const said = (more: object = {}) => JSON.stringify({ aud: 'watchword-alpha', nonce: 'n-1', job_id: 7, ...more });

function open() {
  const cluster = new FakeCluster();
  cluster.jobs.set(7, runningJob());
  const on = { run: cluster.run, mungeSocket: undefined, signing, now: () => NOW };
  const attempt = (more: Partial<FakeCredential> = {}) =>
    verifyJob(on, cluster.credential({ uid: 1000, host: '10.0.0.1', payload: said(), ...more }));
  return { cluster, on, attempt };
}

const decoded = (token: string) =>
  token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));

describe('a running job', () => {
  it('gets a statement of its node, signed with the key of the cluster and good for a minute', async () => {
    const { attestation } = await open().attempt();
    const [header, claims] = decoded(attestation);
    expect(header).toMatchObject({ alg: 'EdDSA', typ: 'JWT' });
    expect(claims).toMatchObject({
      iss: 'slurm:alpha',
      sub: 'job:7',
      aud: 'watchword-alpha',
      nonce: 'n-1',
      slurm: { state: 'RUNNING', job_id: 7, uid: 1000, user: 'ada', account: 'vision', partition: 'gpu', ends_at: 1795659000 },
    });
    expect(claims.exp - claims.iat).toBe(60);
    const [text, signature = ''] = [attestation.slice(0, attestation.lastIndexOf('.')), attestation.split('.')[2]];
    expect(verify(null, Buffer.from(text), pair.publicKey, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('without a time limit has none in its statement', async () => {
    const { cluster, attempt } = open();
    cluster.jobs.set(7, runningJob({ end: 'N/A' }));
    expect(decoded((await attempt()).attestation)[1].slurm).not.toHaveProperty('ends_at');
  });
});

describe('nobody gets a statement', () => {
  it.each([
    ['for the job of another user', { uid: 1001 }, /another user/],
    ['as root for the job of a user', { uid: 0 }, /another user/],
    ['from a host that is not a node of the job', { host: '10.0.0.2' }, /not one of the job's nodes/],
    ['with a credential for another server', { payload: said({ aud: 'elsewhere' }) }, /another server/],
    ['for a job that nobody knows', { payload: said({ job_id: 8 }) }, /no such job/],
    ['for a job id that is a text', { payload: said({ job_id: '7' }) }, /does not hold/],
    ['for a job id that is more than that', { payload: said({ job_id: 7.5 }) }, /positive number/],
    ['for no job', { payload: said({ job_id: 0 }) }, /positive number/],
    ['without a nonce', { payload: said({ nonce: undefined }) }, /does not hold/],
    ['with a nonce that has no end', { payload: said({ nonce: 'n'.repeat(513) }) }, /does not hold/],
    ['with a payload that is no JSON', { payload: 'job 7' }, /does not hold/],
    ['with an empty payload', { payload: '' }, /does not hold/],
  ])('%s', async (_name, credential, message) => {
    await expect(open().attempt(credential)).rejects.toThrow(message);
  });

  it.each(['PENDING', 'COMPLETING', 'COMPLETED', 'CANCELLED', 'SUSPENDED', 'TIMEOUT', ''])(
    'while the job is %s',
    async (state) => {
      const { cluster, attempt } = open();
      cluster.jobs.set(7, runningJob({ state }));
      await expect(attempt()).rejects.toThrow('not running');
    },
  );

  it('twice for one credential', async () => {
    const { cluster, on } = open();
    const credential = cluster.credential({ uid: 1000, host: '10.0.0.1', payload: said() });
    await verifyJob(on, credential);
    await expect(verifyJob(on, credential)).rejects.toThrow('was used already');
  });

  it.each(['', 'MUNGE::', 'MUNGE:x y:', 'MUNGE:AA\nUID: 0:', `MUNGE:${'A'.repeat(20_000)}:`, '--socket=/tmp/own', 'AAAA'])(
    'for %j, which is no credential',
    async (credential) => {
      await expect(verifyJob(open().on, credential)).rejects.toMatchObject({ code: 'client.usage' });
    },
  );

  it('while the controller is down', async () => {
    const { cluster, attempt } = open();
    cluster.up = false;
    await expect(attempt()).rejects.toMatchObject({ code: 'client.usage' });
  });

  it('whose payload imitates what munged prints', async () => {
    const payload = `UID: 1000\n\n${said()}`;
    await expect(open().attempt({ uid: 1001, payload })).rejects.toThrow('does not hold');
  });
});
