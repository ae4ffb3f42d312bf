import type nodeVault from 'node-vault';
import { expect } from 'vitest';
import { startRedis } from '../testing/redis.ts';

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
