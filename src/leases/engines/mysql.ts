import type { CredentialEngine, Sealable } from './engine.ts';
import { checkMysqlConnection, type MysqlConnection, mysqlConnectionFields, newMysqlConnection } from './mysql/connection.ts';
import { checkMysqlRole, type MysqlRole, mysqlRoleFields, newMysqlRole } from './mysql/role.ts';
import { type MysqlMaterial, MysqlTarget } from './mysql/target.ts';
import { newPassword } from './password.ts';

/** Accounts of MariaDB and MySQL. Neither ends an account by itself: what is issued lives until it is taken back. */
export const mysqlEngine: CredentialEngine<MysqlConnection, MysqlRole, MysqlMaterial, Sealable> = {
  kind: 'mysql',
  summary: 'Accounts of MariaDB and MySQL',
  mount: 'database',
  plugins: ['mysql-database-plugin', 'mysql-aurora-database-plugin', 'mysql-rds-database-plugin', 'mysql-legacy-database-plugin'],
  traits: { revocation: 'hard', renewable: true, targetExpires: false, naming: 'ours' },
  connection: {
    fields: mysqlConnectionFields,
    initial: newMysqlConnection,
    address: ['connectionUrl'],
    clear: [
      'connectionUrl',
      'username',
      'maxOpenConnections',
      'maxIdleConnections',
      'maxConnectionLifetime',
      'tlsCa',
      'tlsServerName',
      'rootRotationStatements',
    ],
    check: checkMysqlConnection,
    account: { username: 'username', password: 'password' },
  },
  role: { fields: mysqlRoleFields, initial: newMysqlRole, check: checkMysqlRole },
  prepare: (_role, _lease, { random }) => ({ password: newPassword(random) }),
  open: (connection, { clock }) => new MysqlTarget(connection, clock),
};
