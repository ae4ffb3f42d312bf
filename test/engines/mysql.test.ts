import { describe, inject } from 'vitest';
import { Secret } from '../../src/foundation/secret.ts';
import { mysqlEngine } from '../../src/leases/engines/mysql.ts';
import { logInToMariadb, type Mariadb, startMariadb } from '../testing/mariadb.ts';
import { conformanceSuite, type Output, type World } from './conformance.ts';
import { ADMIN, adminOf, grantsRole, prepareMariadb, statementsRole } from './mysql/world.ts';

const { mariadb } = inject('services');
const textOf = (value: Output[string] | undefined) => (value instanceof Secret ? value.text : String(value));

async function startWorld(role: object, tls: boolean): Promise<World> {
  const server: Mariadb = await startMariadb();
  const password = await prepareMariadb(server);
  const connection = adminOf(server, password, tls);
  return {
    connection,
    role,
    powerless: { ...connection, username: 'powerless' },
    wrongPassword: { ...connection, password: Secret.fromText('n0tThisOne') },
    nobody: { ...connection, connectionUrl: connection.connectionUrl.replace(`:${server.port})`, ':1)') },
    async logIn(output) {
      const session = await logInToMariadb(server.port, textOf(output['username']), textOf(output['password']));
      return { use: () => session.ask('SELECT v FROM features.vectors LIMIT 1'), close: session.close };
    },
    stop: server.stop,
  };
}

describe.skipIf(!mariadb)(`the engine mysql, as ${ADMIN}`, () => {
  describe('with grants, over TLS', () => {
    conformanceSuite({ engine: mysqlEngine, start: () => startWorld(grantsRole, true) });
  });
  describe('with statements, without TLS', () => {
    conformanceSuite({ engine: mysqlEngine, start: () => startWorld(statementsRole, false) });
  });
});
