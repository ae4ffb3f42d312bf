import { createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import { makeAuthority } from '../../src/identity/x509/testing/certificate-writer.ts';
import type { TargetError } from '../../src/leases/engines/engine.ts';
import { newPassword } from '../../src/leases/engines/password.ts';
import { freePort } from '../testing/daemon.ts';
import { newLease, within } from './conformance.ts';
import { errorOf, reads, startWorld } from './postgresql-world.ts';

describe.skipIf(!inject('services').postgresql)('PostgreSQL, against somebody who minds,', () => {
  let world: Awaited<ReturnType<typeof startWorld>>;
  beforeAll(async () => {
    world = await startWorld();
  }, 60_000);
  afterAll(() => world?.stop(), 30_000);

  describe('taking back', () => {
    test('leaves no session to somebody who keeps logging in meanwhile', async () => {
      const { ref, target, login } = await world.issue();
      const sessions: Awaited<ReturnType<typeof world.server.connect>>[] = [];
      let over = false;
      const hammer = async () => {
        while (!over)
          await world.server.connect(login).then(
            (client) => sessions.push(client),
            () => pause(5),
          );
      };
      const hammers = [hammer(), hammer(), hammer()];
      await pause(100);
      await target.revoke(ref, within(20_000));
      over = true;
      await Promise.all(hammers);
      expect(sessions.length).toBeGreaterThan(3);
      for (const session of sessions) {
        await expect(session.query('SELECT id FROM features.images')).rejects.toThrow();
        await session.end();
      }
    });

    test('by two at once succeeds for both', async () => {
      const { ref, target, login } = await world.issue();
      const again = () => target.revoke(ref, within(20_000)).catch((error: TargetError) => error.kind);
      const outcomes = await Promise.all([again(), again()]);
      for (const outcome of outcomes) expect([undefined, 'throttled']).toContain(outcome);
      await target.revoke(ref, within(20_000));
      expect(await world.exists(login.username)).toBe(false);
    });

    test.for([1, 5, 15, 30, 60])('that is cut off after %i ms can be done again', async (ms) => {
      const { ref, target, login } = await world.issue();
      const first = await target.revoke(ref, within(ms)).catch((error: TargetError) => error.kind);
      expect([undefined, 'unknown-outcome', 'unreachable']).toContain(first);
      await target.revoke(ref, within(20_000));
      expect(await world.exists(login.username)).toBe(false);
    });

    test('is not held up by a lock of the credential itself, and what it granted to others goes with it', async () => {
      const lends = [...reads, 'GRANT SELECT ON features.images TO {{name}} WITH GRANT OPTION'];
      const { ref, target, login } = await world.issue({ creationStatements: lends });
      const session = await world.server.connect(login);
      await session.query('GRANT SELECT ON features.images TO powerless');
      await session.query(`BEGIN; LOCK TABLE features.images IN ACCESS SHARE MODE; GRANT SELECT ON features.images TO PUBLIC`);
      await target.revoke(ref, within(20_000));
      await expect(session.query('COMMIT')).rejects.toThrow();
      expect(await world.exists(login.username)).toBe(false);
      const may = "SELECT has_table_privilege('powerless', 'features.images', 'SELECT') AS may";
      expect(await world.server.query(may)).toEqual([{ may: false }]);
    });

    test.each(['postgres', 'second'])(
      'undoes what it has prepared in the database %s, also on its own account',
      async (database) => {
        const { ref, target, login } = await world.issue();
        const session = await world.server.connect(login, database);
        await session.query(`BEGIN; ALTER ROLE ${login.username} PASSWORD '${login.password}'`);
        await session.query(`PREPARE TRANSACTION 'it''s "${login.username}"'`);
        await session.end();
        await target.revoke(ref, within(20_000));
        expect(await world.exists(login.username)).toBe(false);
        expect(await world.server.query('SELECT gid FROM pg_prepared_xacts')).toEqual([]);
      },
    );

    test('is not held up by somebody who changes his own password in a transaction that he leaves open, again and again', async () => {
      const { ref, target, login } = await world.issue();
      let over = false;
      let held = 0;
      const hold = async () => {
        while (!over) {
          const session = await world.server.connect(login).catch(() => undefined);
          if (session === undefined) await pause(2);
          await session
            ?.query(`BEGIN; ALTER ROLE ${login.username} PASSWORD '${login.password}'`)
            .then(() => (held += 1))
            .catch(() => undefined);
          while (
            !over &&
            (await session
              ?.query('SELECT 1')
              .then(() => true)
              .catch(() => false))
          )
            await pause(2);
          await session?.end().catch(() => undefined);
        }
      };
      const holders = [hold(), hold(), hold()];
      while (held === 0) await pause(20);
      await target.revoke(ref, within(20_000));
      over = true;
      await Promise.all(holders);
      expect(await world.exists(login.username)).toBe(false);
    });
  });

  test('takes names that are no words, and only as names', async () => {
    const odd = 'o"d\'; DROP TABLE features.images; --\\';
    await world.server.query(`CREATE ROLE "${odd.replaceAll('"', '""')}" LOGIN`);
    const target = world.open({ username: world.server.admin.username, password: Secret.fromText(world.server.admin.password) });
    const password = newPassword(systemRandom);
    await target.setPassword?.(odd, password, within(10_000));
    expect(await target.verifyPassword?.(odd, password, within(10_000))).toBe(true);
    const ref = await world.ask({}, { ...newLease(), externalName: odd });
    await target.revoke(ref, within(20_000));
    expect(await world.exists(odd)).toBe(false);
    expect(await world.server.query('SELECT id FROM features.images')).toEqual([{ id: 1 }]);
  });

  test('is not trapped by what somebody puts in front of the catalogue', async () => {
    await world.server.query(
      `ALTER ROLE vault SET search_path = public, pg_catalog; CREATE VIEW public.pg_roles AS SELECT 'x'::name AS rolname, 1/0 AS oid`,
    );
    try {
      const { ref, target, login } = await world.issue();
      expect(await target.list?.(login.username, within(10_000))).toEqual([login.username]);
      await target.revoke(ref, within(20_000));
      expect(await world.exists(login.username)).toBe(false);
    } finally {
      await world.server.query('ALTER ROLE vault RESET search_path; DROP VIEW public.pg_roles');
    }
  });

  describe('a way to the server', () => {
    test('whose certificate comes from somebody else is not taken', async () => {
      const { pem } = makeAuthority('somebody else', Date.now());
      const error = await errorOf(world.open({ tlsCa: pem }).check([], within(10_000)));
      expect(error).toMatchObject({ kind: 'refused', message: expect.stringContaining('certificate') });
    });

    test('that is silent ends in time, with an outcome that nobody knows once something was sent', async () => {
      const upstream: Socket[] = [];
      let silent = false;
      const proxy = createServer((socket) => {
        const there = new (socket.constructor as new () => Socket)().connect(world.server.port, '127.0.0.1');
        upstream.push(socket, there);
        for (const [from, to] of [
          [socket, there],
          [there, socket],
        ] as const) {
          from.on('data', (bytes) => silent || to.write(bytes)).on('error', () => undefined);
        }
      });
      const port = await freePort();
      await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
      const target = world.open({
        connectionUrl: `postgresql://{{username}}:{{password}}@127.0.0.1:${port}/postgres?sslmode=verify-full`,
      });
      await target.check([], within(10_000));
      silent = true;
      const asked = await world.ask();
      expect(await errorOf(target.create(asked, within(500)))).toMatchObject({ kind: 'unknown-outcome' });
      expect(await errorOf(target.create(asked, within(500)))).toMatchObject({ kind: 'unreachable' });
      silent = false;
      for (const socket of upstream) socket.destroy();
      await target.create(asked, within(10_000));
      await target.revoke(asked, within(20_000));
      for (const socket of upstream) socket.destroy();
      proxy.close();
    });

    test('is found again after a restart', async () => {
      const { ref, target, login } = await world.issue();
      await world.server.restart();
      await target.revoke(ref, within(20_000)).catch(() => target.revoke(ref, within(20_000)));
      expect(await world.exists(login.username)).toBe(false);
    });

    test('to a server that only reads, as after a failover, is told from a refusal', async () => {
      await world.server.query('ALTER ROLE vault SET default_transaction_read_only = on');
      const target = world.open();
      const asked = await world.ask();
      expect(await errorOf(target.create(asked, within(10_000)))).toMatchObject({ kind: 'unreachable' });
      await world.server.query('ALTER ROLE vault RESET default_transaction_read_only');
      await target.create(asked, within(10_000));
      await target.revoke(asked, within(10_000));
    });

    test('that is closed leaves no connection behind', async () => {
      const { ref, target } = await world.issue();
      await target.revoke(ref, within(20_000));
      await target.close();
      expect(await errorOf(target.check([], within(1000)))).toMatchObject({ kind: 'unreachable' });
    });
  });
});
