import { connect } from 'node:net';
import { adminOf, prepareMariadb } from '../../engines/mysql/world.ts';
import { logInToMariadb, startMariadb } from '../../testing/mariadb.ts';
import type { CrashTarget } from './target.ts';

export async function startMariadbTarget(): Promise<CrashTarget> {
  const server = await startMariadb();
  const password = await prepareMariadb(server);
  const { username } = adminOf(server, password);
  return {
    engine: 'mysql',
    mount: 'database',
    port: server.port,
    dial: () => connect(server.port, '127.0.0.1'),
    words: { create: /CREATE USER/, revoke: /DROP USER/, password: /ALTER USER .*IDENTIFIED/ },
    connection: (port) => ({
      plugin_name: 'mysql-database-plugin',
      connection_url: `{{username}}:{{password}}@tcp(127.0.0.1:${port})/`,
      username,
      password,
    }),
    role: { grants: ['SELECT ON features.*'] },
    staticAccount: 'powerless',
    async accounts() {
      const text = await server.sql("SELECT DISTINCT User FROM mysql.user WHERE LEFT(User, 3) = 'ww_'");
      return text.split('\n').filter(Boolean);
    },
    async logsIn(name, secret) {
      try {
        await (await logInToMariadb(server.port, name, secret)).close();
        return true;
      } catch (error) {
        if (/ERROR 1045/.test(String(error))) return false;
        throw error;
      }
    },
    stop: () => server.stop(),
  };
}
