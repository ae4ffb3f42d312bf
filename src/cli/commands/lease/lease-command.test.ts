import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeServer, fakeServer, type Received, type Reply } from '../../testing/fake-server.ts';
import { type RunSettings, run } from '../../testing/memory-terminal.ts';

let server: FakeServer;
let respond: (request: Received) => Reply | undefined;
beforeEach(async () => {
  respond = () => undefined;
  server = await fakeServer((request) => respond(request));
});
afterEach(() => server.close());

const token = ['token', 'of', 'tests'].join('-');
const cli = (words: string[], settings: RunSettings = {}) =>
  run(words, { ...settings, env: { WATCHWORD_ADDR: server.address, WATCHWORD_TOKEN: token, ...settings.env } });
const asked = () => server.received.map(({ method, url, body }) => [method, url, ...(body === undefined ? [] : [body])]);

const lease = (id: string, more: object = {}) => ({
  id: `database/creds/training/${id}`,
  state: 'active',
  ttl: 3590,
  workload: 'kubernetes:churn/train',
  revocation: 'hard',
  failed_revocations: 0,
  ...more,
});
const refused = { status: 403, body: { errors: ['permission denied'] } };

describe('lease list', () => {
  it('shows your own leases, with the time that is left', async () => {
    const ending = lease('b', { state: 'ending', cause: 'expired', ttl: 0, failed_revocations: 3 });
    respond = () => ({ body: { data: { leases: [lease('a'), ending], next: null } } });
    const { out, code } = await cli(['lease', 'list']);
    expect([code, out]).toEqual([
      0,
      [
        'Lease                      State                            Left     Workload                Revocation',
        '-----                      -----                            ----     --------                ----------',
        'database/creds/training/a  active                           59m 50s  kubernetes:churn/train  hard',
        'database/creds/training/b  ending (expired), tried 3 times  over     kubernetes:churn/train  hard',
        '',
      ].join('\n'),
    ]);
    expect(asked()).toEqual([['GET', '/v1/sys/leases/mine?limit=100']]);
  });

  it('shows one that is damaged in the database as that', async () => {
    const damaged = { id: 'database/creds/training/b', state: 'ending', damaged: true };
    respond = () => ({ body: { data: { leases: [lease('a'), damaged], next: null } } });
    const { out, code } = await cli(['lease', 'list', '--all']);
    expect([code, out.split('\n')[3]?.trimEnd()]).toEqual([0, 'database/creds/training/b  ending, damaged in the database']);
  });

  it('follows the pages up to the limit, and says when there are more', async () => {
    respond = ({ url }) => {
      const query = new URL(url, server.address).searchParams;
      const count = Math.min(Number(query.get('limit')), 4);
      const from = Number(query.get('after') ?? 0);
      const leases = Array.from({ length: count }, (_, index) => lease(String(from + index + 1)));
      return { body: { data: { leases, next: String(from + count) } } };
    };
    const { out, err } = await cli(['lease', 'list', '--all', '--limit', '10', '--json']);
    expect(JSON.parse(out)).toMatchObject({ next: '10', leases: { length: 10 } });
    expect(err).toBe('There are more than these 10; --limit shows more.\n');
    expect(server.received.map(({ url }) => url.split('?')[1])).toEqual(['limit=10', 'limit=6&after=4', 'limit=2&after=8']);
  });

  it('ends although a server goes on naming a next page', async () => {
    respond = () => ({ body: { data: { leases: [], next: 'x' } } });
    expect((await cli(['lease', 'list', '--all'])).out).toBe('There are no such leases.\n');
  });

  it.each([
    [['database/creds/training'], 'prefix=database%2Fcreds%2Ftraining'],
    [['--workload', 'jwt:ci'], 'workload=jwt%3Aci'],
    [['--token-accessor', 'abc'], 'token_accessor=abc'],
    [['--all'], 'limit=100'],
  ])('of others says what that takes: %j', async (words, query) => {
    respond = () => refused;
    const { code, err } = await cli(['lease', 'list', ...words]);
    expect(code).toBe(1);
    expect(err).toContain('sudo on sys/leases/lookup/*');
    expect(server.received[0]?.url).toContain(`/v1/sys/leases/search?`);
    expect(server.received[0]?.url).toContain(query);
  });

  it('lets no name of others steer the terminal', async () => {
    respond = () => ({ body: { data: { leases: [lease('\u001b[2J', { workload: '\u009b2J' })], next: null } } });
    for (const format of ['table', 'json', 'yaml']) {
      const { out } = await cli(['lease', 'list', '--format', format], { isTerminal: true });
      for (const character of '\u001b\u009b') expect(out).not.toContain(character);
    }
  });
});

describe('one lease', () => {
  it('is shown with its state and the time that is left', async () => {
    respond = () => ({ body: { data: lease('a', { cause: 'revoked', state: 'ending', ttl: 61 }) } });
    const { out } = await cli(['lease', 'show', 'database/creds/training/a']);
    expect(out).toMatch(/^left\s+1m 1s$/m);
    expect(out).toMatch(/^state\s+ending \(revoked\)$/m);
    expect(asked()).toEqual([['PUT', '/v1/sys/leases/lookup', { lease_id: 'database/creds/training/a' }]]);
  });

  it('is renewed by as much as was asked for', async () => {
    respond = () => ({ body: { lease_id: 'l', lease_duration: 3600, renewable: true } });
    expect((await cli(['lease', 'renew', 'l', '-i', '1h', '--field', 'lease_duration'])).out).toBe('3600');
    expect(asked()).toEqual([['PUT', '/v1/sys/leases/renew', { lease_id: 'l', increment: '1h' }]]);
  });

  it('that is gone says so', async () => {
    respond = () => ({ status: 400, body: { errors: ['There is no such lease.'] } });
    const { code, err } = await cli(['lease', 'renew', 'l']);
    expect([code, err]).toEqual([1, expect.stringMatching(/^Error: There is no such lease\.\n.*new credential can be issued/)]);
  });
});

describe('taking back', () => {
  it('begins with one lease, or waits for its target', async () => {
    expect((await cli(['lease', 'revoke', 'l'])).out).toBe('Being taken back, unless it is gone already.\n');
    expect((await cli(['lease', 'revoke', 'l', '--sync'])).out).toBe('Taken back.\n');
    expect(server.received.map(({ body }) => body)).toEqual([
      { lease_id: 'l', sync: false },
      { lease_id: 'l', sync: true },
    ]);
  });

  it('takes everything below a prefix, or of a workload', async () => {
    respond = () => ({ body: { data: { count: 7 } } });
    const { out } = await cli(['lease', 'revoke', '--prefix', 'database/creds/training']);
    expect(out).toBe('Being taken back: 7 below database/creds/training.\n');
    expect((await cli(['lease', 'revoke', '--workload', 'jwt:ci'])).out).toBe('Being taken back: 7 of jwt:ci.\n');
    expect(asked()).toEqual([
      ['PUT', '/v1/sys/leases/revoke-prefix/database/creds/training', { sync: false, count: true }],
      ['PUT', '/v1/sys/leases/revoke-workload', { workload: 'jwt:ci', sync: false }],
    ]);
  });

  it('of a prefix below which there is nothing says so', async () => {
    respond = () => ({ body: { data: { count: 0 } } });
    const { out } = await cli(['lease', 'revoke', '--prefix', 'ssh/sign/train', '--sync']);
    expect(out).toMatch(/^There is no lease below ssh\/sign\/train, so nothing was taken back\. .*MOUNT\/creds\/ROLE/);
  });

  it('that waits says what to leave out where only your own may be given back', async () => {
    respond = () => refused;
    const { code, err } = await cli(['lease', 'revoke', 'l', '--sync']);
    expect([code, err]).toEqual([1, expect.stringContaining('Without --sync you may give back what is your own')]);
    expect(server.received).toHaveLength(1);
  });

  it('gives your own lease back where that is all that you may do', async () => {
    respond = ({ url }) => (url.endsWith('/revoke') ? refused : undefined);
    expect((await cli(['lease', 'revoke', 'l'])).code).toBe(0);
    expect(asked()[1]).toEqual(['PUT', '/v1/sys/leases/give-back', { lease_id: 'l' }]);
  });

  it('of what is not yours says what is missing', async () => {
    respond = ({ url }) => (url.endsWith('/revoke') ? refused : { status: 400, body: { errors: ['There is no such lease.'] } });
    const { code, err } = await cli(['lease', 'revoke', 'l']);
    expect([code, err]).toEqual([1, expect.stringMatching(/permission denied/)]);
  });

  it.each([[[]], [['l', '--prefix', 'p']], [['--prefix', 'p', '--workload', 'w']]])('must say which: %j', async (words) => {
    expect((await cli(['lease', 'revoke', ...words])).code).toBe(2);
    expect(server.received).toEqual([]);
  });
});

describe('the hold', () => {
  it('says why nothing is taken back', async () => {
    respond = () => ({ body: { data: { held: true, since: '2026-01-02T03:04:05Z', reason: 'restored', target: 'database/x' } } });
    const { out } = await cli(['lease', 'hold']);
    expect(out).toContain('since 2026-01-02T03:04:05Z: a target knows of leases');
    expect(out).toContain('Target: database/x\n');
  });

  it('begins and ends', async () => {
    respond = ({ method }) => (method === 'GET' ? { body: { data: { held: false } } } : undefined);
    await cli(['lease', 'hold', '--begin']);
    await cli(['lease', 'hold', '--release']);
    expect((await cli(['lease', 'hold'])).out).toBe('Taking back is not held.\n');
    expect(asked().map(([method]) => method)).toEqual(['PUT', 'DELETE', 'GET']);
    expect((await cli(['lease', 'hold', '--begin', '--release'])).code).toBe(2);
  });
});
