import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MountPoint } from '../../foundation/mount.ts';
import { Secret } from '../../foundation/secret.ts';
import { type GuardedIdentity, openGuardedIdentity } from '../testing/guarded.ts';

const agents = generateKeyPairSync('ed25519');
const strangers = generateKeyPairSync('ed25519');
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();

let on: GuardedIdentity;
let mount: MountPoint;

beforeEach(async () => {
  on = await openGuardedIdentity();
  mount = await on.mountMethod('slurm');
  const config = { cluster: 'alpha', audience: 'watchword-alpha', agentKeys: [pem(agents.publicKey)] };
  await on.performAt(mount, 'slurm.config.write', config, { as: on.root });
  await role({});
});
afterEach(() => on[Symbol.asyncDispose]());

const role = (more: object) =>
  on.performAt(
    mount,
    'slurm.roles.write',
    { name: 'train', boundAccounts: ['vision'], policies: ['features'], ...more },
    { as: on.root },
  );

async function nonce(at = mount): Promise<string> {
  return (await on.performAt(at, 'slurm.nonce', {})).output?.nonce ?? '';
}

interface Said {
  readonly claims?: object;
  readonly job?: object;
  readonly key?: KeyObject;
}

const now = () => Math.floor(on.world.clock.now() / 1000);
const job = { state: 'RUNNING', job_id: 7, uid: 1000, user: 'ada', account: 'vision', partition: 'gpu', nodes: ['n1'] };

/** As the agent of a node signs it. */
function statement({ claims = {}, job: more = {}, key = agents.privateKey }: Said): Secret {
  const kid = createHash('sha256').update(pem(agents.publicKey)).digest('base64url').slice(0, 16);
  const all = {
    iss: 'slurm:alpha',
    sub: 'job:7',
    aud: 'watchword-alpha',
    iat: now(),
    nbf: now(),
    exp: now() + 60,
    jti: randomUUID(),
    slurm: { ...job, ...more },
    ...claims,
  };
  const text = [{ alg: 'EdDSA', typ: 'JWT', kid }, all]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return Secret.fromText(`${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`);
}

async function logIn(said: Said = {}, name = 'train') {
  const jwt = statement({ ...said, claims: { nonce: await nonce(), ...said.claims } });
  return on.performAt(mount, 'slurm.login', { role: name, jwt });
}

const reason = () => on.world.audit.records.at(-1)?.reason;
const ended = () => statement({ job: { state: 'ENDED' } });

describe('a job', () => {
  it('gets a token for what its role says, that ends with its time limit', async () => {
    const { output } = await logIn({ job: { ends_at: now() + 600 } });
    expect(output).toMatchObject({
      policies: ['default', 'features'],
      ttl: 600,
      metadata: { role: 'train', cluster: 'alpha', job_id: '7', user: 'ada', uid: '1000', account: 'vision', partition: 'gpu' },
    });
  });

  it('is named in the events of its login', async () => {
    await logIn();
    const { principal, facts, class: eventClass, outcome } = on.world.audit.records.at(-1) ?? {};
    expect({ principal, eventClass, outcome }).toMatchObject({
      principal: { method: 'slurm', id: 'slurm:alpha:job:7' },
      eventClass: 'login',
      outcome: 'success',
    });
    expect(facts).toMatchObject({ role: 'train', workloadCluster: 'alpha' });
    expect(facts?.['workloadClaims']).toContain('account=vision');
  });

  it('loses all its tokens when its cluster says that it has ended, and no other job does', async () => {
    const [first, second] = [(await logIn()).output, (await logIn()).output];
    const other = (await logIn({ job: { job_id: 8 } })).output;
    expect((await on.performAt(mount, 'slurm.ended', { jwt: ended() })).output).toEqual({ revoked: 2 });
    for (const gone of [first, second]) {
      await expect(on.perform(gone?.token, 'token.lookup-self', {})).rejects.toMatchObject({ code: 'access.token-invalid' });
    }
    expect((await on.performAt(mount, 'slurm.ended', { jwt: ended() })).output).toEqual({ revoked: 0 });
    await on.world.setPolicy('default', 'path "auth/token/lookup-self" { capabilities = ["read"] }');
    await expect(on.perform(other?.token, 'token.lookup-self', {})).resolves.toMatchObject({
      output: { ttl: expect.any(Number) },
    });
  });

  it('may log in at one of several clusters that know its number', async () => {
    const beta = await on.mountMethod('slurm', 'beta');
    const config = { cluster: 'beta', audience: 'watchword-beta', agentKeys: [pem(strangers.publicKey)] };
    await on.performAt(beta, 'slurm.config.write', config, { as: on.root });
    await logIn();
    const foreign = { claims: { iss: 'slurm:beta', aud: 'watchword-beta' }, job: { state: 'ENDED' }, key: strangers.privateKey };
    expect((await on.performAt(beta, 'slurm.ended', { jwt: statement(foreign) })).output).toEqual({ revoked: 0 });
    await expect(on.performAt(mount, 'slurm.ended', { jwt: statement(foreign) })).rejects.toMatchObject({
      code: 'login.refused',
    });
  });
});

describe('nobody logs in', () => {
  it.each([
    ['with the key of another cluster', { key: strangers.privateKey }, 'jwt.signature'],
    ['with the statement of another cluster', { claims: { iss: 'slurm:beta' } }, 'jwt.issuer'],
    ['with a statement for another server', { claims: { aud: 'watchword-beta' } }, 'jwt.audience'],
    ['with a statement for several servers', { claims: { aud: ['watchword-alpha', 'watchword-beta'] } }, 'jwt.audience-further'],
    ['with a statement that lives for hours', { claims: { exp: 99_999_999_999 } }, 'jwt.lifetime'],
    ['with an old statement', { claims: { iat: 1_000_000, nbf: 1_000_000, exp: 1_000_060 } }, 'jwt.expired'],
    ['with a nonce of his own', { claims: { nonce: 'mine' } }, 'slurm.nonce'],
    ['with a long nonce', { claims: { nonce: 'n'.repeat(600) } }, 'slurm.statement'],
    ['without a nonce', { claims: { nonce: undefined } }, 'slurm.nonce'],
    ['for a job that has ended', { job: { state: 'ENDED' } }, 'slurm.state'],
    ['for a job that waits', { job: { state: 'PENDING' } }, 'slurm.state'],
    ['for a job whose time is over', { job: { ends_at: 1_000_000 } }, 'slurm.over'],
    ['for a job id that is a text', { job: { job_id: '7' } }, 'slurm.statement'],
    ['for a user without a name', { job: { user: '' } }, 'slurm.statement'],
    ['without a statement', { claims: { slurm: null } }, 'slurm.statement'],
    ['from another account', { job: { account: 'speech' } }, 'slurm.account'],
    ['from an account that begins like the right one', { job: { account: 'vision2' } }, 'slurm.account'],
  ])('%s', async (_name, said, expected) => {
    await expect(logIn(said)).rejects.toMatchObject({ code: 'login.refused', message: 'Permission denied.' });
    expect(reason()).toBe(expected);
  });

  it('with a role that does not exist, and he learns no more than with one that does', async () => {
    await expect(logIn({}, 'absent')).rejects.toMatchObject({ code: 'login.refused', message: 'Permission denied.' });
    expect(reason()).toBe('role.unknown');
  });

  it('twice with one nonce, not even at once', async () => {
    const claims = { nonce: await nonce() };
    const attempts = Array.from({ length: 5 }, () =>
      on.performAt(mount, 'slurm.login', { role: 'train', jwt: statement({ claims }) }),
    );
    const settled = await Promise.allSettled(attempts);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(on.world.audit.records.filter((record) => record.reason === 'slurm.nonce-used')).toHaveLength(4);
  });

  it('with the nonce of another mount', async () => {
    const beta = await on.mountMethod('slurm', 'beta');
    const config = { cluster: 'alpha', audience: 'watchword-alpha', agentKeys: [pem(agents.publicKey)] };
    await on.performAt(beta, 'slurm.config.write', config, { as: on.root });
    await expect(logIn({ claims: { nonce: await nonce(beta) } })).rejects.toMatchObject({ code: 'login.refused' });
    expect(reason()).toBe('slurm.nonce');
  });

  it('with a nonce that is two minutes old', async () => {
    const old = await nonce();
    on.world.clock.time += 121_000;
    await expect(logIn({ claims: { nonce: old } })).rejects.toMatchObject({ code: 'login.refused' });
    expect(reason()).toBe('slurm.nonce');
  });

  it.each([
    ['users', { boundUsers: ['grace'] }, 'slurm.user'],
    ['numbers of users', { boundUids: [0, 1001] }, 'slurm.user'],
    ['partitions', { boundPartitions: ['cpu'] }, 'slurm.partition'],
    ['addresses', { boundCidrs: ['10.0.0.0/8'] }, 'role.address'],
  ])('where the role names other %s', async (_name, bound, expected) => {
    await role(bound);
    await expect(logIn()).rejects.toMatchObject({ code: 'login.refused' });
    expect(reason()).toBe(expected);
  });

  it('before the mount is configured', async () => {
    const empty = await on.mountMethod('slurm', 'empty');
    await expect(on.performAt(empty, 'slurm.nonce', {})).rejects.toMatchObject({ code: 'login.refused' });
    expect(reason()).toBe('slurm.unconfigured');
  });
});

describe('settings', () => {
  it.each([
    ['a symmetric secret', { agentKeys: ['secret'] }],
    ['a private key', { agentKeys: [agents.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()] }],
    ['no key', { agentKeys: [] }],
    ['no audience', { audience: '' }],
    ['no cluster', { cluster: '' }],
  ])('with %s are refused, and the old ones stay', async (_name, change) => {
    await expect(on.performAt(mount, 'slurm.config.write', change, { as: on.root })).rejects.toMatchObject({
      code: 'login.invalid',
    });
    await expect(logIn()).resolves.toBeDefined();
  });

  it('of a role that admits everybody are warned of', async () => {
    expect((await role({ boundAccounts: [], owner: 'team', maxTtl: 3600 })).warnings).toEqual([
      expect.stringContaining('(empty-bound)'),
      expect.stringContaining('every job of every user'),
    ]);
  });
});

it('a token is not renewed once its role has changed or is gone', async () => {
  const { output } = await logIn();
  await on.world.setPolicy('default', 'path "auth/token/renew-self" { capabilities = ["update"] }');
  await expect(on.perform(output?.token, 'token.renew-self', {})).resolves.toBeDefined();
  await role({ policies: ['other'] });
  await expect(on.perform(output?.token, 'token.renew-self', {})).rejects.toMatchObject({ code: 'token.invalid' });
  await on.performAt(mount, 'slurm.roles.delete', { name: 'train' }, { as: on.root });
  await expect(on.perform(output?.token, 'token.renew-self', {})).rejects.toMatchObject({ code: 'token.invalid' });
});
