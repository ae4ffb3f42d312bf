import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeServer, fakeServer, type Received, type Reply } from './testing/fake-server.ts';
import { type RunSettings, run } from './testing/memory-terminal.ts';

let server: FakeServer;
let respond: (request: Received) => Reply | undefined;
let home: string;

beforeEach(async () => {
  respond = () => undefined;
  server = await fakeServer((request) => respond(request));
  home = await mkdtemp(join(tmpdir(), 'watchword-cli-'));
});
afterEach(async () => {
  await server.close();
  await rm(home, { recursive: true });
});

const token = ['token', 'of', 'tests'].join('-');
const cli = (words: string[], settings: RunSettings = {}) =>
  run(words, { home, ...settings, env: { WATCHWORD_ADDR: server.address, WATCHWORD_TOKEN: token, ...settings.env } });

describe('flags', () => {
  it('may have one dash, as Vault has them', async () => {
    respond = () => ({ body: { data: { password: 'pw' } } });
    expect((await cli(['read', '-field=password', 'secret/x'])).out).toBe('pw');
    expect((await cli(['read', '--field', 'password', 'secret/x'])).out).toBe('pw');
    expect((await cli(['read', 'secret/x', '-format=json'])).out).toBe(
      `${JSON.stringify({ data: { password: 'pw' } }, null, 2)}\n`,
    );
  });

  it('that are switches may carry their value', async () => {
    respond = () => ({ body: { auth: { client_token: 't' } } });
    await cli(['token', 'create', '-orphan=true', '-renewable=false', '-no-default-policy=false', '-policy=a', '-policy=b']);
    expect(server.received[0]?.body).toEqual({ policies: ['a', 'b'], no_parent: true, renewable: false });
  });

  it('that do not exist are wrong usage', async () => {
    const { code, err } = await cli(['read', '-feild=x', 'secret/x']);
    expect([code, err]).toEqual([2, expect.stringMatching(/unknown option '--feild'\n.*--field/)]);
  });

  it.each([
    ['kv', 'put', 'secret/x', "--pasword=hunter's2"],
    ['kv', 'put', '--cas', 'hunter2', 'secret/x', 'a=1'],
    ['kv', 'patch', '--method', 'hunter2', 'secret/x', 'a=1'],
    ['read', '--wrap-ttl', 'hunter2', 'secret/x'],
    ['version', 'hunter2'],
  ])('that are wrong are not repeated with their value: %s %s %s', async (...words) => {
    const { code, out, err } = await cli(words);
    expect([code, out]).toEqual([2, '']);
    expect(err).not.toContain('hunter');
  });
});

describe('reading', () => {
  it('shows a table for people', async () => {
    respond = () => ({ body: { data: { user: 'u', ttl: 60 }, warnings: ['soon gone'] } });
    const { out, err } = await cli(['read', 'secret/x', 'a=b c']);
    expect(out).toBe('Key   Value\n---   -----\nttl   60\nuser  u\n');
    expect(err).toBe('Warning: soon gone\n');
    expect(server.received[0]?.url).toBe('/v1/secret/x?a=b+c');
  });

  it('shows no text of others in a way that steers the terminal, whatever the format', async () => {
    respond = () => ({ body: { data: { a: '\u001b[2J\u009b2J\u202e' } } });
    for (const format of ['table', 'json', 'yaml']) {
      const { out } = await cli(['read', `--format=${format}`, 'x'], { isTerminal: true });
      for (const character of '\u001b\u009b\u202e') expect(out).not.toContain(character);
    }
  });

  it('ends a bare value with a line end on a terminal only', async () => {
    respond = () => ({ body: { data: { a: '1' } } });
    expect((await cli(['read', '-field=a', 'x'], { isTerminal: true })).out).toBe('1\n');
    expect((await cli(['read', '-field=a', 'x'])).out).toBe('1');
  });

  it('what is not there fails and says what to do', async () => {
    respond = () => ({ status: 404, body: { errors: [] } });
    expect(await cli(['read', 'secret/x'])).toEqual({
      code: 1,
      out: '',
      err: 'Error: There is nothing at this path. (secret/x)\nList the parent path to see what exists.\n',
    });
  });

  it('a field that is not there prints nothing', async () => {
    respond = () => ({ body: { data: { a: '1' } } });
    expect(await cli(['read', '-field=b', 'x'])).toMatchObject({ code: 2, out: '' });
  });

  it('from a server that is away names the address', async () => {
    await server.close();
    const { code, err } = await cli(['read', 'secret/x']);
    expect(code).toBe(1);
    expect(err).toContain(`${server.address} cannot be reached (ECONNREFUSED)`);
    server = await fakeServer(() => undefined);
  });
});

describe('writing', () => {
  it('sends what was given', async () => {
    expect((await cli(['write', 'auth/x', 'a=1', 'b=-'], { input: 'long\n' })).out).toBe('Written: auth/x\n');
    expect(server.received[0]).toMatchObject({ method: 'PUT', url: '/v1/auth/x', body: { a: '1', b: 'long\n' } });
  });

  it('says so where the answer is a warning alone', async () => {
    respond = () => ({ body: { data: null, warnings: ['open to everybody'] } });
    expect(await cli(['write', 'auth/x', 'a=1'])).toMatchObject({
      out: 'Written: auth/x\n',
      err: 'Warning: open to everybody\n',
    });
    expect(JSON.parse((await cli(['write', '--json', 'auth/x', 'a=1'])).out).warnings).toEqual(['open to everybody']);
    expect((await cli(['write', '--field=id', 'auth/x', 'a=1'])).code).toBe(2);
  });

  it('nothing needs --force', async () => {
    expect((await cli(['write', 'sys/x'])).code).toBe(2);
    expect((await cli(['write', '-f', 'sys/x'])).code).toBe(0);
  });

  it('prints nothing for programs when there is nothing to say', async () => {
    expect((await cli(['write', '--json', 'x', 'a=1'])).out).toBe('');
  });

  it('with --wrap-ttl gives the wrapping token', async () => {
    respond = () => ({ body: { data: null, wrap_info: { token: 'wrapped', ttl: 60 } } });
    expect((await cli(['write', '-wrap-ttl=1m', '-field=wrapping_token', 'x', 'a=1'])).out).toBe('wrapped');
    expect(server.received[0]?.headers['x-vault-wrap-ttl']).toBe('1m');
  });
});

describe('login', () => {
  it('checks the token, keeps it for this server, and shows it nowhere', async () => {
    respond = () => ({ body: { data: { policies: ['default'], ttl: 3600 } } });
    const env = { WATCHWORD_TOKEN: '' };
    const { code, out, err } = await cli(['login'], { env, answer: 'entered-token' });
    expect(code).toBe(0);
    expect(out + err).not.toContain('entered-token');
    expect(server.received[0]).toMatchObject({
      url: '/v1/auth/token/lookup-self',
      headers: { 'x-vault-token': 'entered-token' },
    });
    await cli(['read', 'x'], { env });
    expect(server.received[1]?.headers['x-vault-token']).toBe('entered-token');
    await cli(['login', '--remove'], { env });
    await cli(['read', 'x'], { env });
    expect(server.received[2]?.headers['x-vault-token']).toBeUndefined();
  });

  it('keeps nothing that the server refuses', async () => {
    respond = () => ({ status: 403, body: { errors: ['permission denied'] } });
    const { code, err } = await cli(['login', '-'], { input: 'bad\n' });
    expect([code, err]).toEqual([1, expect.stringContaining('unknown, expired, used up or revoked')]);
    await expect(readFile(join(home, '.config/watchword/tokens.json'))).rejects.toThrow(/ENOENT/);
  });

  it('does not take a token from the command line', async () => {
    const { code, err } = await cli(['login', 'seen-by-all']);
    expect(code).toBe(2);
    expect(err).not.toContain('seen-by-all');
    expect(server.received).toEqual([]);
  });
});

describe('status', () => {
  const seal = { type: 'static', initialized: true, sealed: false, version: '1.0', t: 1, n: 1, progress: 0 };

  it('shows warnings with what to do about them', async () => {
    const warnings = [{ code: 'root-token-lives', message: 'The root token lives.', remedy: 'Revoke it.' }];
    respond = ({ url }) => ({ body: url.startsWith('/api/') ? { storage: 'sqlite', warnings } : seal });
    const { code, out } = await cli(['status']);
    expect(code).toBe(0);
    expect(out).toContain('Warning: The root token lives.\n  Revoke it.\n');
  });

  it('names the program as it was called', async () => {
    const warnings = [{ code: 'c', message: 'M.', remedy: 'See `watchword token`.' }];
    respond = ({ url }) => ({ body: url.startsWith('/api/') ? { warnings } : { ...seal, sealed: false } });
    expect((await cli(['status'], { program: 'bin/watchword' })).out).toContain('See `bin/watchword token`.');
  });

  it('ends with 2 while sealed', async () => {
    respond = () => ({ body: { ...seal, sealed: true, type: 'shamir', t: 3, n: 5, progress: 1 } });
    const { code, out } = await cli(['status']);
    expect(code).toBe(2);
    expect(out).toMatch(/unseal_progress +1 of 3/);
  });

  it('shows the seal also to whom more is not shown', async () => {
    respond = ({ url }) => (url.startsWith('/api/') ? { status: 403, body: { error: { message: 'no' } } } : { body: seal });
    expect(await cli(['status'])).toMatchObject({ code: 0, err: '' });
  });
});

describe('operator', () => {
  it('init prints the keys once', async () => {
    respond = () => ({ body: { keys: ['aa', 'bb'], keys_base64: ['qg==', 'uw=='], root_token: 'root' } });
    const { out } = await cli(['operator', 'init', '-key-shares=2', '-key-threshold=2']);
    expect(server.received[0]?.body).toEqual({ secret_shares: 2, secret_threshold: 2 });
    expect(out).toContain('Unseal Key 1: qg==\nUnseal Key 2: uw==\n\nInitial Root Token: root\n');
  });

  it('unseal takes the key from a question or standard input, not from the command line', async () => {
    respond = () => ({ body: { sealed: true, t: 2, n: 3, progress: 1 } });
    await cli(['operator', 'unseal'], { answer: 'key-1' });
    await cli(['operator', 'unseal', '-'], { input: 'key-2\n' });
    expect(server.received.map(({ body }) => body)).toEqual([{ key: 'key-1' }, { key: 'key-2' }]);
    expect((await cli(['operator', 'unseal', 'key-3'])).code).toBe(2);
  });
});

describe('tokens and policies', () => {
  it('unwrap uses the wrapping token and nothing else', async () => {
    respond = () => ({ body: { data: { a: '1' } } });
    expect((await cli(['unwrap', '-field=a', 'wrap'])).out).toBe('1');
    expect(server.received[0]).toMatchObject({ url: '/v1/sys/wrapping/unwrap', headers: { 'x-vault-token': 'wrap' } });
  });

  it('unwrap never loses what it has opened', async () => {
    respond = () => ({ body: { data: { data: { a: '1' }, metadata: {} } } });
    expect((await cli(['unwrap', '-field=a', 'wrap'])).out).toBe('1');
    expect(await cli(['unwrap', '-field=b', 'wrap'])).toMatchObject({ code: 2, out: expect.stringContaining('{"a":"1"}') });
  });

  it.each([['renew'], ['lookup'], ['renew', '-']])('%s %s shows no token in a table', async (...words) => {
    const auth = { client_token: 'the-token', accessor: 'acc', lease_duration: 60, policies: ['p'] };
    respond = ({ url }) => ({ body: url.includes('renew') ? { auth } : { data: { id: 'the-token', accessor: 'acc' } } });
    const { out } = await cli(['token', ...words], { input: 'the-token' });
    expect([out.includes('the-token'), out.includes('acc')]).toEqual([false, true]);
    expect((await cli(['token', ...words, '--json'], { input: 'the-token' })).out).toContain('the-token');
    const field = words[0] === 'renew' ? 'token' : 'id';
    expect((await cli(['token', ...words, `-field=${field}`], { input: 'the-token' })).out).toBe('the-token');
  });

  it('create warns when it makes another root token', async () => {
    respond = () => ({ body: { auth: { client_token: 't', policies: ['root'] } } });
    expect(await cli(['token', 'create', '-field=token'])).toMatchObject({
      out: 't',
      err: expect.stringContaining('root token'),
    });
    expect((await cli(['token', 'create', '-policy=root'])).err).toBe('');
  });

  it('revoke needs to be told which', async () => {
    expect((await cli(['token', 'revoke'])).code).toBe(2);
    expect((await cli(['token', 'revoke', '--self', 'x'])).code).toBe(2);
    await cli(['token', 'revoke', '-accessor', 'acc']);
    expect(server.received).toMatchObject([{ url: '/v1/auth/token/revoke-accessor', body: { accessor: 'acc' } }]);
  });

  it('capabilities are asked for one path', async () => {
    respond = () => ({ body: { data: { capabilities: ['read', 'list'], 'secret/x': ['read', 'list'] } } });
    expect((await cli(['token', 'capabilities', 'secret/x'])).out).toBe('read\nlist\n');
  });

  it('a policy is written from standard input and read back as text', async () => {
    await cli(['policy', 'write', 'p', '-'], { input: 'path "a" {}\n' });
    expect(server.received[0]).toMatchObject({ url: '/v1/sys/policies/acl/p', body: { policy: 'path "a" {}\n' } });
    respond = () => ({ body: { data: { policy: 'path "a" {}' } } });
    expect((await cli(['policy', 'read', 'p'])).out).toBe('path "a" {}\n');
  });
});

describe('help', () => {
  it('of the whole names every command', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const name of ['kv', 'import', 'operator', 'audit']) expect(out).toContain(`\n  ${name} `);
  });

  it.each([['help', 'kv'], ['kv', '--help'], ['kv', 'get', '-help'], ['help', 'server'], ['--version'], ['completion', 'bash']])(
    'works as %s %s %s',
    async (...words) => {
      const { code, out, err } = await run(words.filter(Boolean));
      expect([code, err]).toEqual([0, '']);
      expect(out).not.toBe('');
    },
  );

  it('begins with the options of the command itself and ends with examples', async () => {
    const { out } = await run(['policy', 'write', '--help']);
    const places = ['\nOptions:', '\nConnection:', '\nOutput:', '\nExamples:'].map((heading) => out.indexOf(heading));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  it('reaches commands below commands', async () => {
    expect((await run(['help', 'kv', 'metadata', 'get'])).out).toContain('Usage: watchword kv metadata get ');
  });

  it('for what does not exist is wrong usage', async () => {
    expect(await run(['raed', 'x'])).toMatchObject({ code: 2, err: expect.stringContaining("unknown command 'raed'") });
    expect((await run(['kv'])).code).toBe(2);
  });
});
