import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeServer, fakeServer, type Received, type Reply } from '../testing/fake-server.ts';
import { type RunSettings, run } from '../testing/memory-terminal.ts';

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

const refused = { status: 403, body: { errors: ['permission denied'] } };

describe('engine test', () => {
  const mounts: Record<string, string> = { database: 'database', rabbitmq: 'rabbitmq' };
  const answering = (data: object | undefined) => (request: Received) => {
    const name = /^\/v1\/sys\/internal\/ui\/mounts\/([^/]+)/.exec(request.url)?.[1];
    if (name !== undefined) return mounts[name] ? { body: { data: { path: `${name}/`, type: mounts[name] } } } : refused;
    return data === undefined ? { status: 404, body: { errors: [] } } : { body: { data } };
  };

  it('says that all is there', async () => {
    respond = answering({ reached: true, shortfalls: [] });
    const { code, out } = await cli(['engine', 'test', 'database/features']);
    expect([code, out]).toEqual([0, 'database/features can be reached, and its account may do all that is needed.\n']);
    expect(server.received.at(-1)?.url).toBe('/v1/database/test/features');
  });

  it('shows what is missing and what to do, with an exit code of its own', async () => {
    respond = answering({ reached: true, shortfalls: [{ what: 'ACL SETUSER\u001b[2J', remedy: 'ACL SETUSER watchword +acl' }] });
    const { code, out } = await cli(['engine', 'test', 'rabbitmq'], { isTerminal: true });
    expect([code, out]).toEqual([
      3,
      expect.stringMatching(/^Missing +What to do\n.*\nACL SETUSER\\x1b\[2J +ACL SETUSER watchword/),
    ]);
    expect(server.received.at(-1)?.url).toBe('/v1/rabbitmq/test/connection');
  });

  it('says why the target was not reached', async () => {
    respond = answering({ reached: false, failure: 'connection refused', shortfalls: [] });
    const { code, out } = await cli(['engine', 'test', 'database/features']);
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(/^database\/features could not be reached: connection refused\nSee that it runs/),
    ]);
  });

  it('takes the last part for the connection where the mounts are not for you to see', async () => {
    respond = answering({ reached: true, shortfalls: [] });
    await cli(['engine', 'test', 'team/db/features']);
    expect(server.received.at(-1)?.url).toBe('/v1/team/db/test/features');
  });

  it('says what else there is where nothing makes credentials, or nothing is mounted', async () => {
    mounts['secret'] = 'kv';
    respond = answering({});
    const kv = await cli(['engine', 'test', 'secret/x']);
    expect([kv.code, kv.err]).toEqual([2, expect.stringMatching(/^Error: secret\/ is of the kind kv.*`watchword secrets list`/)]);
    const none = await cli(['engine', 'test', 'nosuch']);
    expect([none.code, none.err]).toEqual([1, expect.stringMatching(/^Error: Nothing is mounted there.* \(nosuch\)\n/)]);
    expect(none.err).not.toContain('preflight');
  });

  it('wants a connection of a mount that may have several, and one that is there', async () => {
    respond = answering(undefined);
    expect(await cli(['engine', 'test', 'database'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('Name the connection too'),
    });
    expect(await cli(['engine', 'test', 'database/x'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('no such connection'),
    });
    expect((await cli(['engine', 'test', 'database/../sys'])).code).toBe(2);
  });
});
