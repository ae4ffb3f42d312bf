import type { CredentialEngine } from './engine.ts';
import { newPassword } from './password.ts';
import { checkRedisRole, newRedisRole, type RedisRole, redisRoleFields } from './redis/acl-rules.ts';
import { checkRedisConnection, newRedisConnection, type RedisConnection, redisConnectionFields } from './redis/connection.ts';
import { type RedisHandle, type RedisMaterial, RedisTarget } from './redis/target.ts';

/** Users of Redis 6.2 or newer, or Valkey, with rules of their own. */
export const redisEngine: CredentialEngine<RedisConnection, RedisRole, RedisMaterial, RedisHandle> = {
  kind: 'redis',
  summary: 'users of Redis and Valkey',
  mount: 'database',
  plugins: ['redis-database-plugin', 'valkey-database-plugin'],
  traits: { revocation: 'hard', renewable: true, targetExpires: false, naming: 'ours' },
  connection: {
    fields: redisConnectionFields,
    initial: newRedisConnection,
    address: ['host', 'port'],
    clear: ['host', 'port', 'tls', 'caCert', 'insecureTls', 'tlsCertificate', 'username', 'maxOpenConnections'],
    check: checkRedisConnection,
    account: { username: 'username', password: 'password' },
  },
  role: { fields: redisRoleFields, initial: newRedisRole, check: checkRedisRole },
  prepare: (_role, _lease, { random }) => ({ password: newPassword(random) }),
  open: (connection, on) => new RedisTarget(connection, on),
};
