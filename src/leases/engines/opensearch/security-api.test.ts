import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../../foundation/node-ports.ts';
import type { Clock, Network, OutgoingAnswer, OutgoingRequest } from '../../../foundation/ports.ts';
import { Secret } from '../../../foundation/secret.ts';
import { opensearchEngine } from '../opensearch.ts';
import { newOpensearchConnection } from './connection.ts';

const call = { signal: new AbortController().signal };
const NAME = 'ww_instance_lease';
const lease = { id: 'database/creds/app/x', externalName: NAME, role: 'app', holder: 'test', expiresAt: 60_000 };
const role = { creationStatements: ['{"opensearch_roles": ["reader"]}'] };
const own = { creationStatements: ['{"opensearch_role_definition": {"cluster_permissions": ["cluster_monitor"]}}'] };
const ref = (of = role) => ({
  lease,
  role: of,
  material: { password: Secret.fromText('Password-of-the-lease') },
  handle: undefined,
});

type Reply = Partial<OutgoingAnswer> | Error;

/** A server that answers as the test says. */
function scripted(answer: (request: OutgoingRequest) => Reply | Promise<Reply>, settings: object = {}) {
  const asked: string[] = [];
  const sent: string[] = [];
  const network: Network = {
    async request(request) {
      asked.push(`${request.method} ${new URL(request.url).pathname.replace('/prefix/_plugins/_security/', '')}`);
      sent.push(JSON.stringify(request));
      const reply = await answer(request);
      if (reply instanceof Error) throw reply;
      return { status: 200, headers: {}, body: Buffer.from('{}'), ...reply };
    },
  };
  const clock: Clock = { now: () => 0, sleep: async () => {} };
  const connection = {
    ...newOpensearchConnection,
    url: 'https://search.example/prefix',
    username: 'watchword',
    password: Secret.fromText('word of the account'),
    ...settings,
  };
  return { asked, sent, target: opensearchEngine.open(connection, { network, clock, random: systemRandom }) };
}

const coded = (code: string) => Object.assign(new Error('failed'), { code });
const json = (status: number, value: unknown): Reply => ({ status, body: Buffer.from(JSON.stringify(value)) });
const gone = json(404, { status: 'NOT_FOUND', message: 'not found.' });
const conflict = json(409, { status: 'CONFLICT', message: 'version conflict' });

describe('what a server, or whatever is in front of it, answers', () => {
  it.each<[string, Reply, string]>([
    ['nobody listening', coded('ECONNREFUSED'), 'unreachable'],
    ['no such name', coded('ENOTFOUND'), 'unreachable'],
    ['a certificate of somebody else', coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'refused'],
    ['an unknown authority', coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'refused'],
    ['a connection that was cut', coded('ECONNRESET'), 'unknown-outcome'],
    ['silence', coded('network.timeout'), 'unknown-outcome'],
    ['too many requests', { status: 429 }, 'throttled'],
    ['an error of its own', { status: 500 }, 'unknown-outcome'],
    ['a gateway without a server', { status: 502 }, 'unknown-outcome'],
    ['a wrong password', { status: 401, body: Buffer.from('Unauthorized') }, 'refused'],
    ['another place', { status: 302 }, 'refused'],
    ['a role that is not there', gone, 'refused'],
    ['a page', { status: 200, body: Buffer.from('<html>') }, 'refused'],
    ['a list', json(200, []), 'refused'],
  ])('%s: the first request for a user is %o, told as %s', async (_what, reply, kind) => {
    const { target, asked } = scripted(() => reply);
    await expect(target.create(ref(), call)).rejects.toMatchObject({ kind });
    expect(asked).toEqual([`PUT api/internalusers/${NAME}`]);
  });

  it('no password is sent but that of the configured account, unless the server is to make the hashes', async () => {
    for (const sendPassword of [false, true]) {
      const { target, sent } = scripted(() => json(201, {}), { sendPassword });
      await target.create(ref(own), call);
      expect(sent).toHaveLength(2);
      expect(sent.join().includes('Password-of-the-lease')).toBe(sendPassword);
    }
  });

  it('what it says of a request with a password is told without the password', async () => {
    const said = json(400, { status: 'error', reason: `no: Password-of-the-lease\r\n${'x'.repeat(1000)}` });
    const { target } = scripted(() => said, { sendPassword: true });
    const error = await target.create(ref(), call).catch((thrown: unknown) => thrown as Error);
    expect(String(error)).toContain('no: [redacted]  xxx');
    expect(String(error)).not.toContain('Password-of-the-lease');
    expect(String(error).length).toBeLessThan(400);
  });
});

describe('one document for all users', () => {
  it('a change that came too late is made again, until it is taken', async () => {
    let refusals = 3;
    const { target, asked } = scripted(() => {
      refusals -= 1;
      return refusals >= 0 ? conflict : json(201, {});
    });
    await target.create(ref(), call);
    expect(asked).toHaveLength(4);
  });

  it('is given up once the time is over: nothing was done', async () => {
    const stop = new AbortController();
    const { target } = scripted(() => {
      stop.abort();
      return conflict;
    });
    await expect(target.create(ref(), { signal: stop.signal })).rejects.toMatchObject({
      kind: expect.stringMatching(/throttled|unreachable/),
    });
  });

  it('changes go one after another, and who waits too long is told in time', async () => {
    const answer = Promise.withResolvers<Reply>();
    const { target, asked } = scripted(() => answer.promise);
    const first = target.create(ref(), call);
    const stop = new AbortController();
    const second = target.create(ref(), { signal: stop.signal });
    const third = target.create(ref(), call);
    const waiting = expect(second).rejects.toMatchObject({ kind: 'throttled' });
    stop.abort();
    await waiting;
    answer.resolve(json(201, {}));
    await Promise.all([first, third]);
    expect(asked).toHaveLength(2);
  });
});

describe('a revocation', () => {
  it('takes the user, then its role, and looks for both', async () => {
    const { target, asked } = scripted(({ method }) => (method === 'DELETE' ? json(200, {}) : gone));
    await target.revoke(ref(), call);
    expect(asked).toEqual([
      `DELETE api/internalusers/${NAME}`,
      `DELETE api/roles/${NAME}`,
      `GET api/internalusers/${NAME}`,
      `GET api/roles/${NAME}`,
    ]);
  });

  it('is no success where something else says that there is nothing', async () => {
    for (const reply of [{ status: 404 }, json(404, { error: 'no such route' }), json(400, { error: 'no handler found' })]) {
      await expect(scripted(() => reply).target.revoke(ref(), call)).rejects.toMatchObject({ kind: 'refused' });
    }
  });

  it('is no success where the user is there after all, or somebody else is told of', async () => {
    const there = scripted(({ method }) => (method === 'DELETE' ? json(200, {}) : json(200, { [NAME]: { hash: '' } })));
    await expect(there.target.revoke(ref(), call)).rejects.toMatchObject({ kind: 'unknown-outcome' });
    const other = scripted(({ method }) => (method === 'DELETE' ? json(200, {}) : json(200, { somebody: {} })));
    await expect(other.target.revoke(ref(), call)).rejects.toMatchObject({ kind: 'refused' });
  });
});

describe('a role of the lease alone', () => {
  const refusingUser = (deleted: Reply) =>
    scripted(({ method, url }) => {
      if (method === 'DELETE') return deleted;
      if (method === 'GET') return gone;
      return url.includes('/roles/') ? json(201, {}) : json(400, { reason: 'Invalid configuration' });
    });

  it('goes again where its user is refused; where it cannot, nobody knows the outcome', async () => {
    const { target, asked } = refusingUser(json(200, {}));
    await expect(target.create(ref(own), call)).rejects.toMatchObject({ kind: 'refused' });
    expect(asked).toContain(`DELETE api/roles/${NAME}`);
    for (const deleted of [{ status: 403 }, coded('ECONNREFUSED')]) {
      await expect(refusingUser(deleted).target.create(ref(own), call)).rejects.toMatchObject({ kind: 'unknown-outcome' });
    }
  });
});

describe('the configured account', () => {
  it('of another name than was asked for is not trusted', async () => {
    const { target } = scripted(() => json(200, { user_name: 'somebody' }));
    await expect(target.check([], call)).rejects.toMatchObject({ kind: 'refused' });
    expect(await target.verifyPassword?.('watchword', Secret.fromText('any'), call)).toBe(false);
  });
});

describe('another password', () => {
  const trying = (believed: boolean, settings: object = {}) =>
    scripted(({ method, url }) => {
      if (url.endsWith('/authinfo')) return believed ? json(200, { user_name: lastName(asked) }) : { status: 401 };
      if (method !== 'GET') return json(200, {});
      return url.endsWith('/static') ? json(200, { static: { reserved: false } }) : gone;
    }, settings);
  let asked: string[] = [];
  const lastName = (all: readonly string[]) =>
    all
      .findLast((each) => each.includes('ww_try_'))
      ?.split('/')
      .at(-1);

  it.each([true, false])('is set by a hash only where a trial has shown that the server believes it: %o', async (believed) => {
    const server = trying(believed);
    asked = server.asked;
    const set = server.target.setPassword?.('static', Secret.fromText('another'), call);
    if (believed) await set;
    else await expect(set).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining('send_password=true') });
    expect(asked.includes('PATCH api/internalusers/static')).toBe(believed);
    expect(asked).toContain(`DELETE api/internalusers/${lastName(asked)}`);
  });

  it('that the server gets as it is needs no trial', async () => {
    const server = trying(false, { sendPassword: true });
    await server.target.setPassword?.('static', Secret.fromText('another'), call);
    expect(server.asked).toEqual(['GET api/internalusers/static', 'PATCH api/internalusers/static']);
  });
});
