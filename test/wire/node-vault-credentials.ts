import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type nodeVault from 'node-vault';
import { expect } from 'vitest';
import { startRabbitmq } from '../testing/rabbitmq.ts';
import { startRedis } from '../testing/redis.ts';
import { startFakeSessionSts } from './fake-session-sts-server.ts';

type Client = ReturnType<typeof nodeVault>;

/** A credential of a real Redis, from its connection to its end, with what the client offers for that. */
export async function driveCredentials(vault: Client): Promise<void> {
  const redis = await startRedis();
  try {
    const { username, password } = redis.admin;
    const connection = {
      plugin_name: 'redis-database-plugin',
      host: '127.0.0.1',
      port: redis.port,
      tls: true,
      ca_cert: redis.ca,
    };
    await vault['mount']({ mount_point: 'database', type: 'database' });
    await vault.write('database/config/cache', { ...connection, username, password, allowed_roles: ['reader'] });
    expect((await vault.read('database/config/cache')).data.connection_details).toMatchObject({ host: '127.0.0.1', username });
    const role = { db_name: 'cache', creation_statements: '["~features:*","+@read"]', default_ttl: '5m', max_ttl: '1h' };
    await vault.write('database/roles/reader', role);
    expect((await vault.read('database/roles/reader')).data).toMatchObject({ db_name: 'cache', default_ttl: 300 });
    expect((await vault.list('database/roles')).data.keys).toEqual(['reader']);

    const issued = await vault['generateDatabaseCredentials']({ databasePath: 'database', name: 'reader' });
    expect(issued).toMatchObject({ renewable: true, lease_duration: 300, data: { username: expect.stringMatching(/^ww_/) } });
    expect(await redis.command(issued.data, 'GET', 'features:x')).toBe('');
    const { lease_id } = issued;
    expect(await vault['renew']({ lease_id, increment: 600 })).toMatchObject({ lease_id, lease_duration: 600, renewable: true });
    expect((await vault.write('sys/leases/lookup', { lease_id })).data).toMatchObject({ id: lease_id, renewable: true });
    await vault['revoke']({ lease_id });
    await vault['revokePrefix']({ path_prefix: 'database/creds' });
    await vault.write('sys/leases/revoke', { lease_id, sync: true });
    await expect(redis.command(issued.data, 'GET', 'features:x')).rejects.toThrow();

    await vault.delete('database/roles/reader');
    await vault.delete('database/config/cache');
    await vault['unmount']({ mount_point: 'database' });
  } finally {
    await redis.stop();
  }
}

/** A user of a real RabbitMQ. The client has no words of its own for the engines from here on: it reads and writes their paths. */
export async function driveRabbitmq(vault: Client): Promise<void> {
  const broker = await startRabbitmq();
  const whoami = async ({ username, password }: { username: string; password: string }) => {
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    return (await fetch(`${broker.url}/api/whoami`, { headers: { authorization } })).status;
  };
  try {
    await vault['mount']({ mount_point: 'rabbitmq', type: 'rabbitmq' });
    await vault.write('rabbitmq/config/connection', { connection_uri: broker.url, ...broker.admin, plain_http: true });
    await vault.write('rabbitmq/config/lease', { ttl: 1800, max_ttl: 3600 });
    await vault.write('rabbitmq/roles/worker', { tags: 'monitoring', vhosts: '{"/":{"configure":"","write":"","read":".*"}}' });
    expect((await vault.read('rabbitmq/roles/worker')).data).toMatchObject({ tags: 'monitoring' });
    const issued = await vault.read('rabbitmq/creds/worker');
    expect(issued).toMatchObject({ renewable: true, lease_duration: 1800 });
    expect(Object.keys(issued.data).sort()).toEqual(['password', 'username']);
    expect(await whoami(issued.data)).toBe(200);
    await vault.write('sys/leases/revoke', { lease_id: issued.lease_id, sync: true });
    expect(await whoami(issued.data)).toBe(401);
    await vault.delete('rabbitmq/roles/worker');
    await vault['unmount']({ mount_point: 'rabbitmq' });
  } finally {
    await broker.stop();
  }
}

/** Sessions of a token service that answers as AWS documents it. */
export async function driveAws(vault: Client): Promise<void> {
  const sts = await startFakeSessionSts();
  const arn = 'arn:aws:iam::123456789012:role/features';
  try {
    await vault['mount']({ mount_point: 'aws', type: 'aws' });
    const inside = { region: 'us-east-1', sts_endpoint: sts.url, internal: true, plain_http: true };
    await vault.write('aws/config/root', { access_key: sts.keys.accessKey, secret_key: sts.keys.secret, ...inside });
    await vault.write('aws/config/lease', { lease: '30m', lease_max: '1h' });
    await vault.write('aws/roles/features', { credential_type: 'assumed_role', role_arns: [arn], default_sts_ttl: 900 });
    expect((await vault.read('aws/roles/features')).data).toMatchObject({ credential_type: 'assumed_role', role_arns: [arn] });
    expect((await vault.list('aws/roles')).data.keys).toEqual(['features']);
    for (const path of ['aws/creds/features', 'aws/sts/features']) {
      const issued = await vault.read(path);
      expect(issued).toMatchObject({ renewable: false, lease_duration: 900 });
      expect(Object.keys(issued.data)).toEqual(expect.arrayContaining(['access_key', 'secret_key', 'security_token']));
    }
    expect((await vault.write('aws/sts/features', { ttl: '15m' })).data).toHaveProperty('security_token');
    await vault.delete('aws/roles/features');
    await vault['unmount']({ mount_point: 'aws' });
  } finally {
    await sts.close();
  }
}

/** Certificates, as OpenSSH reads them. */
export async function driveSsh(vault: Client): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'watchword-ssh-'));
  try {
    const key = join(folder, 'id');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    await vault['mount']({ mount_point: 'ssh', type: 'ssh' });
    const { public_key: authority } = (await vault.write('ssh/config/ca', { generate_signing_key: true, key_type: 'ed25519' }))
      .data;
    expect((await vault.read('ssh/config/ca')).data.public_key.trim()).toBe(authority.trim());
    const role = { key_type: 'ca', allowed_users: 'train', default_user: 'train', allow_user_certificates: true, ttl: '10m' };
    await vault.write('ssh/roles/train', role);
    expect((await vault.read('ssh/roles/train')).data).toMatchObject({ key_type: 'ca', default_user: 'train' });
    expect((await vault.list('ssh/roles')).data.keys).toEqual(['train']);
    const public_key = await readFile(`${key}.pub`, 'utf8');
    const signed = await vault.write('ssh/sign/train', { public_key, valid_principals: 'train' });
    await writeFile(`${key}-cert.pub`, signed.data.signed_key);
    expect(execFileSync('ssh-keygen', ['-L', '-f', `${key}-cert.pub`], { encoding: 'utf8' })).toMatch(/Principals:\s+train\n/);
    await expect(vault.write('ssh/sign/train', { public_key, valid_principals: 'root' })).rejects.toThrow(/root|principal/i);
    expect((await vault.write('ssh/issue/train', { key_type: 'ed25519' })).data.private_key).toContain('OPENSSH PRIVATE KEY');
    await vault.delete('ssh/roles/train');
    await vault['unmount']({ mount_point: 'ssh' });
  } finally {
    await rm(folder, { recursive: true });
  }
}
