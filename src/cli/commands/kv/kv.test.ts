import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeServer, fakeServer } from '../../testing/fake-server.ts';
import { FakeStore } from '../../testing/fake-store.ts';
import { type RunSettings, run } from '../../testing/memory-terminal.ts';

let server: FakeServer;
let store: FakeStore;

beforeEach(async () => {
  store = new FakeStore();
  server = await fakeServer(store.respond);
});
afterEach(() => server.close());

const kv = (words: string[], settings: RunSettings = {}) =>
  run(['kv', ...words], { ...settings, env: { VAULT_ADDR: server.address, VAULT_TOKEN: 'token-of-tests' } });

describe('a versioned secret', () => {
  it('is put and got by its own path', async () => {
    expect((await kv(['put', 'secret/team/db', 'user=u', 'password=-'], { input: 'pw' })).code).toBe(0);
    expect((await kv(['get', '-field=password', 'secret/team/db'])).out).toBe('pw');
    const { out } = await kv(['get', '-mount=secret', 'team/db']);
    expect(out).toContain('Metadata of secret/team/db\n');
    expect(out).toContain('Data of secret/team/db\nKey       Value\n---       -----\npassword  pw\nuser      u\n');
  });

  it('is printed for programs as Vault prints it', async () => {
    await kv(['put', 'secret/x', 'a=1']);
    expect(JSON.parse((await kv(['get', '-format=json', 'secret/x'])).out).data.data).toEqual({ a: '1' });
  });

  it('keeps earlier versions', async () => {
    await kv(['put', 'secret/x', 'a=1']);
    await kv(['put', 'secret/x', 'a=2']);
    expect((await kv(['get', '-version=1', '-field=a', 'secret/x'])).out).toBe('1');
  });

  it('without the version that was asked for says which is the newest', async () => {
    await kv(['put', 'secret/x', 'a=1']);
    expect((await kv(['get', '-version=9', 'secret/x'])).err).toContain('There is no version 9; the newest is 1. (secret/x)');
    expect((await kv(['get', '-version=9', 'secret/y'])).err).toContain('There is no version 9, or no such secret at all.');
  });

  it.each([
    ['get', 'secret/data/x'],
    ['put', 'secret/data/y', 'a=1'],
  ])('is named without data/: kv %s %s', async (...words) => {
    await kv(['put', 'secret/x', 'a=1']);
    expect((await kv(words)).err).toMatch(/`kv` adds data\/ itself; leave it out if you mean secret\/[xy]\.\n/);
    expect((await kv(['get', 'secret/x'])).err).toBe('');
  });

  it('is not written from a file without an end', async () => {
    expect(await kv(['put', 'secret/x', 'a=@/dev/zero'])).toMatchObject({ code: 1, err: expect.stringContaining('32 MiB') });
    expect(await kv(['put', 'secret/x', '@/dev/zero'])).toMatchObject({ code: 1, err: expect.stringContaining('32 MiB') });
    expect(store.entries.size).toBe(0);
  });

  it('is not overwritten when somebody else was first', async () => {
    await kv(['put', '-cas=0', 'secret/x', 'a=1']);
    const { code, err } = await kv(['put', '-cas=0', 'secret/x', 'a=2']);
    expect(code).toBe(1);
    expect(err).toContain('Read the secret again');
  });

  it('is patched key by key', async () => {
    await kv(['put', 'secret/x', 'a=1', 'b=2']);
    await kv(['patch', 'secret/x', 'b=3']);
    await kv(['patch', '-method=rw', 'secret/x', 'c=4']);
    expect(store.entries.get('x')?.versions.at(-1)?.data).toEqual({ a: '1', b: '3', c: '4' });
    expect(server.received.at(-1)?.body).toMatchObject({ options: { cas: 2 } });
  });

  it('is deleted, says so, and comes back', async () => {
    await kv(['put', 'secret/x', 'a=1']);
    await kv(['delete', 'secret/x']);
    const gone = await kv(['get', 'secret/x']);
    expect([gone.code, gone.err]).toEqual([1, expect.stringContaining('kv undelete --versions 1 secret/x')]);
    await kv(['undelete', '-versions=1', 'secret/x']);
    expect((await kv(['get', '-field=a', 'secret/x'])).out).toBe('1');
  });

  it('has metadata of its own', async () => {
    await kv(['put', 'secret/x', 'a=1']);
    await kv(['metadata', 'put', '-custom-metadata=owner=me', '-cas-required=true', '-max-versions=3', 'secret/x']);
    expect(server.received.at(-1)?.body).toEqual({ custom_metadata: { owner: 'me' }, cas_required: true, max_versions: 3 });
    expect((await kv(['metadata', 'get', 'secret/x'])).out).toMatch(/custom_metadata +\{"owner":"me"\}/);
    await kv(['metadata', 'delete', 'secret/x']);
    expect((await kv(['metadata', 'get', 'secret/x'])).code).toBe(1);
  });

  it('is listed below its path', async () => {
    await kv(['put', 'secret/team/a', 'a=1']);
    expect((await kv(['list', 'secret'])).out).toBe('team/\n');
    expect((await kv(['list', '-mount=secret'])).out).toBe('team/\n');
    expect((await kv(['list', '-format=json', 'secret/team/'])).out).toBe('[\n  "a"\n]\n');
  });

  it('whose value would steer the terminal is shown, but not obeyed', async () => {
    await kv(['put', 'secret/x', 'a=\u001b[2Jx']);
    expect((await kv(['get', 'secret/x'], { isTerminal: true })).out).toContain('\\x1b[2Jx');
    expect((await kv(['get', '-field=a', 'secret/x'])).out).toBe('\u001b[2Jx');
  });
});

describe('an unversioned secret', () => {
  it('is put, patched, got and deleted', async () => {
    await kv(['put', 'plain/x', 'a=1']);
    await kv(['patch', 'plain/x', 'b=2']);
    expect((await kv(['get', 'plain/x'])).out).toContain('Data of plain/x\nKey  Value\n---  -----\na    1\nb    2\n');
    await kv(['delete', 'plain/x']);
    expect((await kv(['get', 'plain/x'])).code).toBe(1);
  });

  it.each([
    ['undelete', '-versions=1', 'plain/x'],
    ['metadata', 'get', 'plain/x'],
    ['put', '-cas=0', 'plain/x', 'a=1'],
  ])('has no versions: kv %s %s %s', async (...words) => {
    expect(await kv(words)).toMatchObject({ code: 2, err: expect.stringContaining('no versions') });
  });
});

it('a mount that one may not know of is refused as such', async () => {
  expect(await kv(['get', 'other/x'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('Nothing is mounted there, or no policy'),
  });
});
