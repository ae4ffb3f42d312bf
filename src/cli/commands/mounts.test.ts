import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeServer, fakeServer, type Received, type Reply } from '../testing/fake-server.ts';
import { run } from '../testing/memory-terminal.ts';

let server: FakeServer;
let respond: (request: Received) => Reply | undefined;
beforeEach(async () => {
  respond = () => undefined;
  server = await fakeServer((request) => respond(request));
});
afterEach(() => server.close());

const token = ['token', 'of', 'tests'].join('-');
const cli = (...words: string[]) => run(words, { env: { WATCHWORD_ADDR: server.address, WATCHWORD_TOKEN: token } });
const last = () => {
  const { method, url, body } = server.received.at(-1) ?? {};
  return [method, url, body];
};

describe('mounts', () => {
  it('are made with what was said of them, and nothing else', async () => {
    expect(await cli('secrets', 'enable', 'database')).toMatchObject({ code: 0, out: 'Mounted: database at database/\n' });
    expect(last()).toEqual(['PUT', '/v1/sys/mounts/database', { type: 'database', config: {} }]);
    await cli('secrets', 'enable', '-path=team/', '-version=2', '-description=ours', '-max-lease-ttl=8h', 'kv');
    const said = { type: 'kv', description: 'ours', config: { max_lease_ttl: '8h' }, options: { version: '2' } };
    expect(last()).toEqual(['PUT', '/v1/sys/mounts/team', said]);
    expect(await cli('auth', 'enable', '--path', 'ci', 'jwt')).toMatchObject({ out: 'Mounted: jwt at auth/ci/\n' });
    expect(last()).toEqual(['PUT', '/v1/sys/auth/ci', { type: 'jwt', config: {} }]);
  });

  it('are moved from one path to another', async () => {
    expect(await cli('secrets', 'move', 'database/', 'stores/features')).toMatchObject({
      code: 0,
      out: 'Moved: database/ is stores/features/ now.\n',
    });
    expect(last()).toEqual(['PUT', '/v1/sys/remount', { from: 'database', to: 'stores/features' }]);
    await cli('auth', 'move', 'ci', 'jwt');
    expect(last()).toEqual(['PUT', '/v1/sys/remount', { from: 'auth/ci', to: 'auth/jwt' }]);
  });

  it('are removed by their path', async () => {
    const { out } = await cli('secrets', 'disable', 'database/');
    expect(out).toBe('Nothing is mounted at database/ any more.\n');
    expect(last()).toEqual(['DELETE', '/v1/sys/mounts/database', undefined]);
  });

  it('are listed, and no description steers the terminal', async () => {
    const mount = { type: 'kv', accessor: 'kv_1', description: 'a\u001b[2Jb' };
    respond = () => ({ body: { data: { 'secret/': mount } } });
    const { out } = await cli('secrets', 'list', '--format', 'table');
    expect(out).toContain('secret/  kv    kv_1      a\\x1b[2Jb');
    expect(JSON.parse((await cli('secrets', 'list', '--format', 'json')).out)).toEqual({ 'secret/': mount });
  });
});
