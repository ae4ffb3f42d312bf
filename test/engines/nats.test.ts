import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { errors, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import type { Target } from '../../src/leases/engines/engine.ts';
import { readAccountClaims, signClaims } from '../../src/leases/engines/nats/claims.ts';
import { natsEngine } from '../../src/leases/engines/nats.ts';
import { freePort } from '../testing/daemon.ts';
import { type NatsServer, newNatsKey, startNats, userCreds } from '../testing/nats.ts';
import { conformanceSuite, newLease, type Output, within } from './conformance.ts';

const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };
const HOUR = 3_600_000;
const rights = { publish: ['features.>'], subscribe: ['features.>', '_INBOX.{{name}}.>'] };
const textOf = (value: unknown): string => (value instanceof Secret ? value.text : String(value));

const signing = ({ account, signingKey }: NatsServer) => ({
  ...natsEngine.connection.initial,
  account: account.publicKey,
  accountSeed: Secret.fromText(signingKey.seed),
});
const pushing = (server: NatsServer) => ({
  ...signing(server),
  url: `tls://127.0.0.1:${server.port}`,
  tlsCa: server.ca,
  systemCreds: Secret.fromText(server.systemCreds),
  operatorSeed: Secret.fromText(server.operator.seed),
});

/** Says something and hears it. */
async function inUse(client: NatsConnection): Promise<void> {
  const heard = client.subscribe('features.answer', { max: 1, timeout: 3000 });
  client.publish('features.answer', '42');
  for await (const message of heard) expect(message.string()).toBe('42');
}

async function issue(target: Target, settings: object = rights, lifetime = HOUR) {
  const role = { ...natsEngine.role.initial, ...settings };
  const lease = newLease(lifetime);
  const asked = { lease, role, material: await natsEngine.prepare(role, lease, on, {}), handle: undefined };
  const { output, handle } = await target.create(asked, within(10_000));
  return { asked, ref: { ...asked, material: undefined, handle }, creds: textOf((output as Output)['creds']) };
}

describe.skipIf(!inject('services').nats)('nats', () => {
  let server: NatsServer;
  let target: Target;
  const clients: NatsConnection[] = [];
  const open = (settings: object = {}): Target => {
    const connection = { ...pushing(server), ...settings };
    natsEngine.connection.check(connection);
    return natsEngine.open(connection, on) as unknown as Target;
  };
  const logIn = async (creds: string) => {
    const client = await server.logIn(creds);
    clients.push(client);
    return client;
  };
  beforeAll(async () => {
    server = await startNats();
    target = open();
  }, 30_000);
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await server?.stop();
  });

  describe('as every engine', () => {
    conformanceSuite({
      engine: natsEngine,
      waitsForEnd: true,
      async start() {
        const own = await startNats();
        return {
          connection: signing(own),
          role: rights,
          async logIn(output) {
            const client = await own.logIn(textOf(output['creds']), `_INBOX.${output['username']}`);
            return { use: () => inUse(client), close: () => client.close() };
          },
          stop: own.stop,
        };
      },
    });
  });

  test('a user of the key of the account itself is as good as one of a signing key', async () => {
    const { creds } = await issue(open({ accountSeed: Secret.fromText(server.account.seed) }));
    await inUse(await logIn(creds));
  });

  test('a user may do what the role says and nothing else', async () => {
    const client = await logIn((await issue(target, { publish: ['features.>'] })).creds);
    for (const work of [() => client.publish('salaries.all'), () => client.subscribe('features.answer')]) {
      const status = client.status();
      work();
      await client.flush();
      for await (const event of status) {
        expect(event).toMatchObject({ type: 'error', error: expect.any(errors.PermissionViolationError) });
        break;
      }
    }
  });

  test('a user that may answer alone says nothing of its own accord', async () => {
    const [asking, answering] = [
      await logIn(userCreds(server.account, 'asking')),
      await logIn((await issue(target, { subscribe: ['questions'], maxResponses: 1 })).creds),
    ];
    answering.subscribe('questions', { callback: (_error, message) => void message.respond('42') });
    await answering.flush();
    expect((await asking.request('questions')).string()).toBe('42');
    const overheard = asking.subscribe('>', { timeout: 500 });
    answering.publish('features.answer', 'unasked');
    await answering.flush();
    await expect((async () => await overheard[Symbol.asyncIterator]().next())()).rejects.toThrow(errors.TimeoutError);
  });

  test('what a user has open is closed at its end by the server', async () => {
    const client = await logIn((await issue(target, rights, 3000)).creds);
    expect(await client.closed()).toBeInstanceOf(errors.UserAuthenticationExpiredError);
  }, 15_000);

  test('a lease that ends within this second is refused', async () => {
    await expect(issue(target, rights, 0)).rejects.toMatchObject({ kind: 'refused' });
  });

  describe('with revocations pushed', () => {
    test('nothing is missing', async () => {
      expect(await target.check([], within(10_000))).toEqual([]);
    });

    test('a revoked user is thrown out and not let in again, after a restart either; others are', async () => {
      const [mine, other] = [await issue(target), await issue(target)];
      const [client, bystander] = [await logIn(mine.creds), await logIn(other.creds)];
      await inUse(client);
      await target.revoke(mine.ref, within(10_000));
      await client.closed();
      await inUse(bystander);
      await expect(logIn(mine.creds)).rejects.toThrow(errors.AuthorizationError);
      await target.revoke(mine.ref, within(10_000));
      await server.restart();
      await expect(logIn(mine.creds)).rejects.toThrow(errors.AuthorizationError);
      await inUse(await logIn(other.creds));
    }, 30_000);

    test('one of which nobody knows how far it came is revoked by its key', async () => {
      const { asked, creds } = await issue(target);
      await target.revoke(asked, within(10_000));
      await expect(logIn(creds)).rejects.toThrow(errors.AuthorizationError);
    });

    test('ten at once by two instances are all revoked', async () => {
      const both = [target, open()];
      const made = await Promise.all(Array.from({ length: 10 }, (_, index) => issue(both[index % 2] as Target)));
      await Promise.all(made.map(({ ref }, index) => revoked(both[index % 2] as Target, ref)));
      for (const { creds } of made) await expect(logIn(creds)).rejects.toThrow(errors.AuthorizationError);
    }, 30_000);

    /** As the ledger does: what is not certain is done again. */
    async function revoked(by: Target, ref: Parameters<Target['revoke']>[0]): Promise<void> {
      for (let left = 10; left > 0; left -= 1) {
        const done = await by.revoke(ref, within(10_000)).then(
          () => true,
          () => false,
        );
        if (done) return;
      }
      throw new Error('not revoked');
    }

    test('a signing key that the account does not know, or that has a scope, is named', async () => {
      const foreign = newNatsKey('account');
      expect(await open({ accountSeed: Secret.fromText(foreign.seed) }).check([], within(10_000))).toEqual([
        { what: 'sign users: the account does not know the signing key', remedy: `nsc edit account --sk ${foreign.publicKey}` },
      ]);
      const scoped = await open({ accountSeed: Secret.fromText(server.scopedKey.seed) }).check([], within(10_000));
      expect(scoped.map(({ what }) => what)).toEqual(['say what users may: the signing key has a scope, which says it alone']);
    });

    test('a foreign operator, a user of another account and a foreign authority are refused', async () => {
      const { ref, creds } = await issue(target);
      const foreign = await startNats();
      await foreign.stop();
      for (const settings of [
        { operatorSeed: Secret.fromText(foreign.operator.seed) },
        { systemCreds: Secret.fromText(userCreds(server.account, 'app')) },
        { systemCreds: Secret.fromText(foreign.systemCreds) },
        { tlsCa: foreign.ca },
      ]) {
        await expect(open(settings).revoke(ref, within(5000))).rejects.toMatchObject({ kind: 'refused' });
      }
      await inUse(await logIn(creds));
    }, 30_000);

    test('what somebody else has signed, and the servers keep, is not made good', async () => {
      const own = await startNats();
      const [foreign, by] = [newNatsKey('operator'), natsEngine.open(pushing(own), on)];
      const system = await own.logIn(own.systemCreds);
      try {
        const { ref, creds } = await issue(by as unknown as Target);
        const nats = { type: 'account', version: 2, signing_keys: [newNatsKey('account').publicKey] };
        const forged = signClaims({ sub: own.account.publicKey, iat: Math.floor(Date.now() / 1000), nats }, foreign);
        const kept = await system.request('$SYS.REQ.CLAIMS.UPDATE', forged);
        expect(kept.json()).toMatchObject({ data: { code: 200 } });
        await expect(by.revoke(ref as never, within(5000))).rejects.toMatchObject({ kind: 'refused' });
        await expect(by.check([], within(5000))).rejects.toMatchObject({ kind: 'refused' });
        const there = await system.request(`$SYS.REQ.ACCOUNT.${own.account.publicKey}.CLAIMS.LOOKUP`);
        expect(there.string()).toBe(forged);
        // Nor do the servers heed it: nobody is let in.
        await expect(own.logIn(creds)).rejects.toThrow(errors.AuthorizationError);
      } finally {
        await system.close();
        await own.stop();
      }
    }, 30_000);

    test('revocations of others, and what else the account has, are kept', async () => {
      const others = Object.fromEntries(Array.from({ length: 3 }, () => [newNatsKey('user').publicKey, 1_700_000_000]));
      const system = await server.logIn(server.systemCreds);
      const read = async () => {
        const answer = await system.request(`$SYS.REQ.ACCOUNT.${server.account.publicKey}.CLAIMS.LOOKUP`);
        return readAccountClaims(answer.string(), server.account.publicKey);
      };
      const before = await read();
      if (before === undefined) throw new Error('no account');
      const nats = { ...before.nats, description: 'kept', revocations: { ...before.nats.revocations, ...others } };
      await system.request('$SYS.REQ.CLAIMS.UPDATE', signClaims({ ...before, iat: before.iat + 1, nats }, server.operator));
      const { ref } = await issue(target);
      await target.revoke(ref, within(10_000));
      const after = await read();
      const mine = { [String(ref.handle['user'])]: Math.floor(ref.lease.expiresAt / 1000) };
      expect(after?.nats).toEqual({ ...nats, revocations: { ...nats.revocations, ...mine } });
      expect(after?.name).toBe('APP');
      await system.close();
    }, 30_000);

    test('servers that are not there, speak no TLS or fall silent are told from each other', async () => {
      const { ref } = await issue(target);
      const nobody = open({ url: `tls://127.0.0.1:${await freePort()}` });
      await expect(nobody.revoke(ref, within(5000))).rejects.toMatchObject({ kind: 'unreachable' });
      const silent = createServer((socket) => {
        socket.write('INFO {"nonce":"abc"}\r\n');
        socket.on('error', () => undefined);
        socket.on('data', (bytes) => void (bytes.includes('PING') && socket.write('PONG\r\n')));
      });
      silent.listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const { port } = silent.address() as AddressInfo;
      try {
        await expect(open({ url: `tls://127.0.0.1:${port}` }).revoke(ref, within(5000))).rejects.toMatchObject({
          kind: 'refused',
        });
        const plain = open({ url: `nats://127.0.0.1:${port}` });
        await expect(plain.revoke(ref, within(500))).rejects.toMatchObject({ kind: 'unknown-outcome' });
      } finally {
        silent.close();
      }
    }, 30_000);
  });
});
