import { connect } from 'node:tls';
import { startRedis } from '../../testing/redis.ts';
import { type CrashTarget, OURS } from './target.ts';

export async function startRedisTarget(): Promise<CrashTarget> {
  const server = await startRedis();
  return {
    engine: 'redis',
    mount: 'database',
    port: server.port,
    dial: () => connect({ port: server.port, host: '127.0.0.1', ca: server.ca }),
    words: {
      create: /setuser\r\n\$\d+\r\nww_/i,
      revoke: /deluser/i,
      password: /setuser\r\n\$\d+\r\n(?!ww_)/i,
      commit: /\bsave\r\n/i,
    },
    connection: (port) => ({
      plugin_name: 'redis-database-plugin',
      host: '127.0.0.1',
      port,
      ...(port === server.port ? { tls: true, ca_cert: server.ca } : { tls: false }),
      username: server.admin.username,
      password: server.admin.password,
    }),
    role: { creation_statements: '["~features:*", "+@read", "+@connection"]' },
    staticAccount: server.powerless.username,
    async accounts() {
      const users = await server.command(server.root, 'ACL', 'USERS');
      return users.split('\n').filter((name) => name.startsWith(OURS));
    },
    async logsIn(username, password) {
      try {
        await server.command({ username, password }, 'GET', 'features:answer');
        return true;
      } catch (error) {
        const said = String(error) + String((error as { stdout?: unknown }).stdout);
        if (/NOPERM/.test(said)) return true;
        if (/AUTH failed|WRONGPASS/.test(said)) return false;
        throw error;
      }
    },
    stop: () => server.stop(),
  };
}
