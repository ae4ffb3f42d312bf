import { createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { selfSigned } from '../../../src/api/middleware/testing/self-signed.ts';
import type { MysqlConnection } from '../../../src/leases/engines/mysql/connection.ts';
import { logInToMariadb } from '../../testing/mariadb.ts';
import { within } from '../conformance.ts';
import { ADMIN, adminOf, failureOf, grantsRole, MysqlWorld, roleOf, statementsRole } from './world.ts';

describe.skipIf(!inject('services').mariadb)('the way to a real MariaDB', () => {
  const world = new MysqlWorld();
  const { open, refOf, countOf } = world;
  beforeAll(() => world.start(), 60_000);
  afterAll(() => world.stop(), 30_000);

  const tls = (settings: Partial<MysqlConnection> = {}) => open({ ...adminOf(world.server, world.password, true), ...settings });

  test('is refused where the certificate is of another authority or for another name', async () => {
    expect(await tls().check([], within(10_000))).toEqual([]);
    const connectionUrl = `{{username}}:{{password}}@tcp(127.0.0.1:${world.server.port})/`;
    expect(await tls({ connectionUrl, tlsServerName: 'localhost' }).check([], within(10_000))).toEqual([]);
    const wrong = [{ tlsCa: selfSigned().cert }, { tlsServerName: 'db.example' }];
    for (const settings of wrong) {
      const failure = await failureOf(tls(settings).check([], within(10_000)));
      expect(failure).toMatchObject({ kind: 'refused', message: expect.stringContaining('no TLS with a server') });
    }
  });

  test('tells a server that speaks no TLS nothing', async () => {
    const heard: Buffer[] = [];
    const plain = await listening((socket) => {
      socket.on('data', (data) => heard.push(data));
      socket.write(plainGreeting());
    });
    const connectionUrl = `{{username}}:{{password}}@tcp(localhost:${plain.port})/`;
    const failure = await failureOf(tls({ connectionUrl }).check([], within(5000)));
    await plain.close();
    expect(failure.kind).toBe('refused');
    expect(Buffer.concat(heard).toString('latin1')).not.toContain(ADMIN);
  });

  test.for(['caching_sha2_password', 'sha256_password', 'mysql_clear_password'])(
    'gives the password to no plain server that asks for it by %s',
    async (plugin) => {
      const heard: Buffer[] = [];
      const greedy = await listening((socket) => {
        socket.on('data', (data) => {
          if (heard.push(data) === 1) socket.write(packet(2, Buffer.from(`\xfe${plugin}\0${'A'.repeat(20)}\0`, 'latin1')));
          else socket.write(packet(4, Buffer.from([1, 4])));
        });
        socket.write(plainGreeting());
      });
      const connectionUrl = `{{username}}:{{password}}@tcp(127.0.0.1:${greedy.port})/`;
      const failure = await failureOf(open({ connectionUrl }).check([], within(5000)));
      await greedy.close();
      expect(failure.kind).toBe('refused');
      expect(heard).toHaveLength(1);
      expect(Buffer.concat(heard).toString('latin1')).not.toContain(world.password);
    },
  );

  test('that is silent is unreachable by the end of the time', async () => {
    const silent = await listening(() => {});
    const target = open({ connectionUrl: `{{username}}:{{password}}@tcp(127.0.0.1:${silent.port})/` });
    expect((await failureOf(target.create(await refOf(grantsRole), within(300)))).kind).toBe('unreachable');
    await silent.close();
  });

  test('that breaks in the middle of a change leaves an outcome that nobody knows, and can be gone again', async () => {
    const target = open({ maxOpenConnections: 1 });
    const [ref, locked] = [
      await refOf({ creationStatements: [...statementsRole.creationStatements, 'DO SLEEP(3)'] }),
      await refOf(grantsRole),
    ];
    const failure = await failureOf(target.create(ref, within(700)));
    expect(failure.kind).toBe('unknown-outcome');
    await target.create({ ...ref, role: roleOf(statementsRole) }, within(10_000));
    const session = await logInToMariadb(world.server.port, ref.lease.externalName, ref.material.password.text);
    await session.close();
    await target.revoke(ref, within(10_000));
    expect(await target.probe(ref, within(10_000))).toBeUndefined();
    world.server.freeze(true);
    const frozen = await failureOf(target.create(locked, within(300)));
    world.server.freeze(false);
    expect(['unknown-outcome', 'unreachable']).toContain(frozen.kind);
    await target.revoke(locked, within(10_000));
  });

  test('is throttled where the account may have no more connections, at the server or here', async () => {
    const limited = { username: 'limited', maxOpenConnections: 1 };
    await world.server.sql(`
      CREATE USER limited@'%' IDENTIFIED BY '${world.password}' WITH MAX_USER_CONNECTIONS 1; GRANT SELECT ON mysql.user TO limited@'%'`);
    const [first, second, ref] = [open(limited), open(limited), await refOf(grantsRole)];
    expect(await first.probe(ref, within(10_000))).toBeUndefined();
    expect((await failureOf(second.probe(ref, within(10_000)))).kind).toBe('throttled');
    const slow = first.tryRole?.(roleOf({ creationStatements: [...statementsRole.creationStatements] }), within(10_000));
    expect((await failureOf(first.probe(ref, { signal: AbortSignal.abort() }))).kind).toBe('unreachable');
    await slow;
  });

  test('is found again after the server was started anew', async () => {
    const [target, ref] = [open(), await refOf(grantsRole)];
    await target.create(ref, within(10_000));
    await world.server.restart();
    await target.revoke(ref, within(10_000));
    expect(await countOf(ref.lease.externalName)).toBe('0');
  }, 60_000);

  test('is shared by as many as may be open', async () => {
    const target = open({ maxOpenConnections: 2, username: ADMIN });
    const refs = await Promise.all(Array.from({ length: 12 }, () => refOf(grantsRole)));
    await world.server.sql('FLUSH STATUS');
    await Promise.all(refs.map((ref) => target.create(ref, within(20_000))));
    const most = await world.server.sql("SHOW STATUS LIKE 'Max_used_connections'");
    expect(Number(most.split('\t')[1])).toBeLessThanOrEqual(4 + world.opened);
    await Promise.all(refs.map((ref) => target.revoke(ref, within(20_000))));
    expect(await target.list?.('ww_conform1_', within(10_000))).toEqual([]);
  }, 60_000);
});

const packet = (sequence: number, body: Buffer): Buffer => Buffer.concat([Buffer.from([body.length, 0, 0, sequence]), body]);

/** A server's first words, without the bit that stands for TLS. */
function plainGreeting(): Buffer {
  const salt = [Buffer.alloc(8, 65), Buffer.alloc(12, 65)] as const;
  const capabilities = Buffer.from([0x01, 0xa2, 45, 2, 0, 8, 0, 21]);
  const plugin = Buffer.from('\0mysql_native_password\0');
  const version = Buffer.from('\x0a10.11.0-MariaDB\0\x01\0\0\0', 'latin1');
  return packet(0, Buffer.concat([version, salt[0], Buffer.from([0]), capabilities, Buffer.alloc(10), salt[1], plugin]));
}

/** A server of the test's own, on the loopback interface. */
async function listening(serve: (socket: Socket) => void): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
