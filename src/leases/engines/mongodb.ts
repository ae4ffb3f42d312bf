import type { CredentialEngine, Sealable } from './engine.ts';
import {
  checkMongodbConnection,
  type MongodbConnection,
  mongodbConnectionFields,
  newMongodbConnection,
} from './mongodb/connection.ts';
import { checkMongodbRole, type MongodbRole, mongodbRoleFields, newMongodbRole } from './mongodb/role.ts';
import { type MongodbMaterial, MongodbTarget } from './mongodb/target.ts';
import { newPassword } from './password.ts';

/**
 * Users of MongoDB. A server forgets at once what a dropped user may do; a router does after its own interval, and what only speaks
 * MongoDB's protocol may never: so no more is promised than that nobody logs in.
 */
export const mongodbEngine: CredentialEngine<MongodbConnection, MongodbRole, MongodbMaterial, Sealable> = {
  kind: 'mongodb',
  summary: 'Users of MongoDB',
  mount: 'database',
  plugins: ['mongodb-database-plugin'],
  traits: { revocation: 'new-logins-only', renewable: true, targetExpires: false, naming: 'ours' },
  connection: {
    fields: mongodbConnectionFields,
    initial: newMongodbConnection,
    address: ['connectionUrl'],
    clear: ['connectionUrl', 'username', 'writeConcern', 'tlsCa', 'maxOpenConnections'],
    check: checkMongodbConnection,
    account: { username: 'username', password: 'password' },
  },
  role: { fields: mongodbRoleFields, initial: newMongodbRole, check: checkMongodbRole },
  prepare: (_role, _lease, { random }) => ({ password: newPassword(random) }),
  open: (connection, { random }) => new MongodbTarget(connection, random),
};
