import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../foundation/secret.ts';
import { chooseConnection } from './connection.ts';
import { environmentSettings } from './environment.ts';
import { tokenStore } from './token-store.ts';

const here = new URL('http://127.0.0.1:8200');
const elsewhere = new URL('http://127.0.0.1:8300');
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'watchword-home-'));
});
afterEach(() => rm(home, { recursive: true }));

describe('a kept token', () => {
  it('is found for the server it was kept for, and for no other', async () => {
    const store = tokenStore({}, home);
    await store.keep(here, Secret.fromText('first'));
    expect((await store.find(here))?.text).toBe('first');
    expect(await store.find(elsewhere)).toBeUndefined();
    expect(await store.find(new URL('https://127.0.0.1:8200'))).toBeUndefined();
  });

  it('stands in a file that only its owner can read', async () => {
    const store = tokenStore({}, home);
    await store.keep(here, Secret.fromText('first'));
    expect((await stat(store.path)).mode & 0o777).toBe(0o600);
  });

  it('is refused when others can read the file', async () => {
    const store = tokenStore({}, home);
    await store.keep(here, Secret.fromText('first'));
    await chmod(store.path, 0o644);
    await expect(store.find(here)).rejects.toThrow(/chmod 600/);
  });

  it('is replaced and forgotten without touching the others', async () => {
    const store = tokenStore({}, home);
    await store.keep(here, Secret.fromText('first'));
    await store.keep(elsewhere, Secret.fromText('second'));
    await store.forget(here);
    await store.forget(here);
    expect(await store.find(here)).toBeUndefined();
    expect((await store.find(elsewhere))?.text).toBe('second');
  });

  it('of a damaged file is an error, not silence', async () => {
    const store = tokenStore({}, home);
    await store.keep(here, Secret.fromText('first'));
    await writeFile(store.path, 'not json');
    await expect(store.find(here)).rejects.toThrow(/damaged/);
  });
});

describe('choosing a connection', () => {
  const choose = (choice: object, env: Record<string, string>) =>
    chooseConnection(choice, environmentSettings(env), tokenStore(env, home));

  it('sends the token of the environment to the address beside it only', async () => {
    const env = { WATCHWORD_ADDR: here.href, WATCHWORD_TOKEN: 'ours' };
    expect((await choose({}, env)).connection.token?.text).toBe('ours');
    const other = await choose({ address: elsewhere.href }, env);
    expect(other.connection.token).toBeUndefined();
    expect(other.note).toMatch(/WATCHWORD_TOKEN belongs to/);
  });

  it('sends a token without an address to the address that is named', async () => {
    const { connection } = await choose({ address: elsewhere.href }, { WATCHWORD_TOKEN: 'ours' });
    expect(connection.token?.text).toBe('ours');
  });

  it('takes a token file before anything else', async () => {
    const file = join(home, 'token');
    await writeFile(file, 'from-file\n');
    const { connection } = await choose({ tokenFile: file }, { WATCHWORD_TOKEN: 'ours' });
    expect(connection.token?.text).toBe('from-file');
  });

  it('falls back to the kept token, then to none', async () => {
    expect((await choose({}, {})).connection.token).toBeUndefined();
    await tokenStore({}, home).keep(here, Secret.fromText('kept'));
    expect((await choose({}, {})).connection.token?.text).toBe('kept');
  });
});
