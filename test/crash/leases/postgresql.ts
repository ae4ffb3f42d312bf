import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { startPostgresql } from '../../testing/postgresql.ts';
import type { CrashTarget } from './target.ts';

const creation = `CREATE ROLE {{name}} LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';
  GRANT USAGE ON SCHEMA features TO {{name}}; GRANT SELECT ON features.images TO {{name}}`;

export async function startPostgresqlTarget(programs: string): Promise<CrashTarget> {
  const server = await startPostgresql(programs);
  const password = randomBytes(12).toString('hex');
  await server.query(
    `CREATE SCHEMA features; CREATE TABLE features.images (id int);
    CREATE ROLE vault LOGIN CREATEROLE PASSWORD '${password}'; CREATE ROLE app LOGIN PASSWORD '${password}';
    GRANT USAGE ON SCHEMA features TO vault WITH GRANT OPTION; GRANT SELECT ON features.images TO vault WITH GRANT OPTION`,
  );
  if (((await server.query('SHOW server_version_num'))[0]?.['server_version_num'] as number) >= 160_000) {
    await server.query('GRANT app TO vault WITH ADMIN OPTION');
  }
  const root = await server.connect(server.admin);
  return {
    engine: 'postgresql',
    mount: 'database',
    port: server.port,
    dial: () => connect(server.port, '127.0.0.1'),
    words: {
      create: /CREATE ROLE/,
      renew: /ALTER ROLE \S+ VALID UNTIL/,
      revoke: /DROP ROLE/,
      password: /ALTER ROLE [^;]*PASSWORD/,
      commit: /COMMIT/,
    },
    connection: (port) => ({
      plugin_name: 'postgresql-database-plugin',
      connection_url: `postgresql://{{username}}:{{password}}@127.0.0.1:${port}/postgres?sslmode=disable`,
      username: 'vault',
      password,
    }),
    role: { creation_statements: creation },
    staticAccount: 'app',
    async accounts() {
      const { rows } = await root.query("SELECT rolname FROM pg_roles WHERE starts_with(rolname, 'ww_')");
      return rows.map(({ rolname }) => String(rolname));
    },
    async logsIn(username, secret) {
      try {
        await (await server.connect({ username, password: secret })).end();
        return true;
      } catch (error) {
        if (/^28/.test(String((error as { code?: unknown }).code))) return false;
        throw error;
      }
    },
    async stop() {
      await root.end();
      await server.stop();
    },
  };
}
