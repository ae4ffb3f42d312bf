import { describe, expect, it } from 'vitest';
import { systemClock, systemRandom } from '../../../foundation/node-ports.ts';
import type { Network, OutgoingAnswer, OutgoingRequest } from '../../../foundation/ports.ts';
import { Secret } from '../../../foundation/secret.ts';
import { rabbitmqEngine } from '../rabbitmq.ts';
import { newRabbitmqConnection } from './connection.ts';
import { newRabbitmqRole } from './role.ts';

const call = { signal: AbortSignal.timeout(10_000) };
const lease = {
  id: 'rabbitmq/creds/app/x',
  externalName: 'ww_instance_lease',
  role: 'app',
  holder: 'test',
  expiresAt: Date.now() + 60_000,
};
const role = { ...newRabbitmqRole, vhosts: { '/': { configure: '', write: '', read: '^a$' } } };

type Reply = Partial<OutgoingAnswer> | Error;

/** A broker that answers as the test says, by method and path. */
function scripted(answer: (request: OutgoingRequest) => Reply) {
  const asked: string[] = [];
  const network: Network = {
    async request(request) {
      asked.push(`${request.method} ${new URL(request.url).pathname}`);
      const reply = answer(request);
      if (reply instanceof Error) throw reply;
      return { status: 200, headers: {}, body: Buffer.from('null'), ...reply };
    },
  };
  const connection = {
    ...newRabbitmqConnection,
    connectionUri: 'https://rabbit.example/prefix',
    username: 'admin',
    password: Secret.fromText('word of the admin'),
  };
  return { asked, target: rabbitmqEngine.open(connection, { network, clock: systemClock, random: systemRandom }) };
}

const coded = (code: string) => Object.assign(new Error('failed'), { code });
const json = (value: unknown): Reply => ({ body: Buffer.from(JSON.stringify(value)) });
const ref = async () => ({
  lease,
  role,
  material: await rabbitmqEngine.prepare(
    role,
    lease,
    { network: { request: () => Promise.reject() }, clock: systemClock, random: systemRandom },
    {},
  ),
  handle: undefined,
});

describe('what a broker, or whatever is in front of it, answers', () => {
  it.each<[string, Reply, string]>([
    ['nobody listening', coded('ECONNREFUSED'), 'unreachable'],
    ['no such name', coded('ENOTFOUND'), 'unreachable'],
    ['a certificate of somebody else', coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'refused'],
    ['an unknown authority', coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'refused'],
    ['a connection that was cut', coded('ECONNRESET'), 'unknown-outcome'],
    ['silence', coded('network.timeout'), 'unknown-outcome'],
    ['an answer without an end', coded('network.too-large'), 'unknown-outcome'],
    ['too many requests', { status: 429 }, 'throttled'],
    ['an error of its own', { status: 500 }, 'unknown-outcome'],
    ['a gateway without a broker', { status: 502 }, 'unknown-outcome'],
    ['a wrong password', { status: 401 }, 'refused'],
    ['another place', { status: 302 }, 'refused'],
    ['nothing of that name', { status: 404 }, 'refused'],
    ['a page', { status: 200, body: Buffer.from('<html>') }, 'refused'],
  ])('%s: the first request for a user is %o, told as %s', async (_what, reply, kind) => {
    const { target, asked } = scripted(() => reply);
    await expect(target.create(await ref(), call)).rejects.toMatchObject({ kind });
    expect(asked).toEqual(['PUT /prefix/api/users/ww_instance_lease']);
  });

  it('no password is sent but that of the configured account', async () => {
    const asked = await ref();
    const sent: string[] = [];
    const { target } = scripted((request) => {
      sent.push(JSON.stringify(request));
      return { status: 201 };
    });
    await target.create(asked, call);
    expect(sent).toHaveLength(2);
    for (const text of sent) expect(text.includes(asked.material.password.text)).toBe(false);
  });

  it('rights that are refused, and a user that cannot be deleted again: nobody knows the outcome', async () => {
    const answers = (deleted: Reply) =>
      scripted(({ method, url }) => {
        if (method === 'DELETE') return deleted;
        return { status: url.includes('/permissions/') ? 400 : 201 };
      });
    await expect(answers({ status: 204 }).target.create(await ref(), call)).rejects.toMatchObject({ kind: 'refused' });
    await expect(answers({ status: 403 }).target.create(await ref(), call)).rejects.toMatchObject({ kind: 'unknown-outcome' });
    await expect(answers(coded('ECONNREFUSED')).target.create(await ref(), call)).rejects.toMatchObject({
      kind: 'unknown-outcome',
    });
  });

  it.each([
    [204, 'DELETE /api/connections/username/ww_instance_lease'],
    [405, 'DELETE /api/connections/10.0.0.1%3A1%20-%3E%2010.0.0.2%3A2'],
  ])(
    'connections that stay are cut, by name where %i says that it must be so, and the user must be gone',
    async (status, cut) => {
      let open = true;
      const clock = { now: () => 0, sleep: async () => {} };
      const asked: string[] = [];
      const network: Network = {
        async request({ method, url }) {
          const request = `${method} ${new URL(url).pathname}`;
          asked.push(request);
          const answer = { headers: {}, body: Buffer.alloc(0) };
          if (request === cut) open = false;
          if (method === 'DELETE') return { ...answer, status: request.includes('/username/') ? status : 204 };
          if (!request.includes('/username/')) return { ...answer, status: 404 };
          return {
            ...answer,
            status: 200,
            body: Buffer.from(JSON.stringify(open ? [{ name: '10.0.0.1:1 -> 10.0.0.2:2' }] : [])),
          };
        },
      };
      const connection = { ...newRabbitmqConnection, connectionUri: 'https://rabbit.example', username: 'admin' };
      await rabbitmqEngine.open(connection, { network, clock, random: systemRandom }).revoke(await ref(), call);
      expect(asked[0]).toBe('DELETE /api/users/ww_instance_lease');
      expect(asked).toContain(cut);
      expect(asked.at(-1)).toBe('GET /api/users/ww_instance_lease');
    },
  );

  it('a user that is there after all, or a list that is none, is no success', async () => {
    const there = scripted(({ method, url }) => {
      if (method === 'DELETE') return { status: 204 };
      return url.includes('/connections/') ? json([]) : json({ name: lease.externalName, tags: [] });
    });
    await expect(there.target.revoke(await ref(), call)).rejects.toMatchObject({ kind: 'unknown-outcome' });
    const closed = scripted(({ method }) => ({ status: method === 'DELETE' ? 204 : 400 }));
    await expect(closed.target.revoke(await ref(), call)).rejects.toMatchObject({ kind: 'refused' });
    const other = scripted(({ method }) => (method === 'DELETE' ? { status: 204 } : json({ items: [] })));
    await expect(other.target.revoke(await ref(), call)).rejects.toMatchObject({ kind: 'refused' });
    await expect(other.target.list?.('ww_', call)).rejects.toMatchObject({ kind: 'refused' });
  });

  it('reasons are cut, and hold no control characters', async () => {
    const reason = `one\r\ntwo ${'x'.repeat(1000)}`;
    const { target } = scripted(() => ({ status: 400, body: Buffer.from(JSON.stringify({ error: 'bad_request', reason })) }));
    const error = await target.create(await ref(), call).catch((thrown: unknown) => thrown as Error);
    expect(String(error)).toContain('one  two');
    expect(String(error).length).toBeLessThan(300);
  });

  it('an account of another name than was asked for is not trusted', async () => {
    const { target } = scripted(() => json({ name: 'somebody-else', tags: ['administrator'] }));
    await expect(target.check([], call)).rejects.toMatchObject({ kind: 'refused' });
    await expect(target.setPassword?.('me', Secret.fromText('new'), call)).rejects.toMatchObject({ kind: 'refused' });
    await expect(target.probe(await ref(), call)).rejects.toMatchObject({ kind: 'refused' });
  });
});
