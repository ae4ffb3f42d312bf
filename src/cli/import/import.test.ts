import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeServer, fakeServer } from '../testing/fake-server.ts';
import { FakeStore } from '../testing/fake-store.ts';
import { run } from '../testing/memory-terminal.ts';

let server: FakeServer;
let store: FakeStore;
let project: string;

beforeEach(async () => {
  store = new FakeStore();
  server = await fakeServer(store.respond);
  project = join(await mkdtemp(join(tmpdir(), 'watchword-import-')), 'churn');
  await mkdir(project);
});
afterEach(async () => {
  await server.close();
  await rm(join(project, '..'), { recursive: true });
});

async function file(name: string, text: string): Promise<string> {
  const path = join(project, name);
  await writeFile(path, text);
  return path;
}

const imports = (...words: string[]) =>
  run(['import', ...words], { env: { WATCHWORD_ADDR: server.address, WATCHWORD_TOKEN: 'token-of-tests' } });
const current = (path: string) => store.entries.get(path)?.versions.at(-1)?.data;

describe('importing', () => {
  it('stores one secret for each file', async () => {
    const { code, out } = await imports(await file('.env', 'A=1\nB=2\n'), await file('prod.yaml', 'db: {user: u, port: 5432}\n'));
    expect(code).toBe(0);
    expect(current('imported/churn')).toEqual({ A: '1', B: '2' });
    expect(current('imported/churn/prod')).toEqual({ db: { user: 'u', port: 5432 } });
    expect(out).toMatch(/secret\/imported\/churn +created +A, B\n/);
  });

  it('a second time changes nothing and says so', async () => {
    const path = await file('.env', 'A=1\n');
    await imports('--owner', 'me', path);
    const writes = store.writes;
    const { code, out } = await imports('--owner', 'me', path);
    expect([code, store.writes]).toEqual([0, writes]);
    expect(out).toContain('Nothing changed');
  });

  it('changes what differs and keeps keys that the file does not have', async () => {
    await imports(await file('.env', 'A=1\nB=2\n'));
    const { out } = await imports(await file('.env', 'A=1\nB=3\nC=4\n'));
    expect(out).toMatch(/changed +B, C\n/);
    await imports(await file('.env', 'A=9\n'));
    expect(current('imported/churn')).toEqual({ A: '9', B: '3', C: '4' });
  });

  it('notes the owner and keeps other notes', async () => {
    const path = await file('.env', 'A=1\n');
    await imports(path);
    const entry = store.entries.get('imported/churn');
    if (entry !== undefined) entry.custom = { ticket: '7' };
    expect((await imports('--owner', 'team-vision', path)).out).toMatch(/changed +owner: nobody → team-vision\n/);
    expect(entry?.custom).toEqual({ ticket: '7', owner: 'team-vision' });
    const { out } = await imports('--owner', 'team-text', path);
    expect(out).toMatch(/changed +owner: team-vision → team-text\n/);
    await writeFile(path, 'A=2\n');
    const both = JSON.parse((await imports('--json', '--owner', 'ada', path)).out).secrets[0];
    expect(both).toMatchObject({ outcome: 'changed', changed: ['A'], owner: { before: 'team-text', after: 'ada' } });
  });

  it('dry writes nothing and says what it would do', async () => {
    const { code, out } = await imports('--dry-run', '--owner', 'me', await file('.env', 'A=1\n'));
    expect([code, store.writes]).toEqual([0, 0]);
    expect(out).toContain('would be created');
  });

  it('reports bad lines, stores the others, and does not pretend that all is well', async () => {
    const { code, out } = await imports(await file('.env', 'A=1\nnonsense here\nB=2\n'));
    expect(code).toBe(1);
    expect(out).toContain('.env:2: not of the form NAME=value');
    expect(current('imported/churn')).toEqual({ A: '1', B: '2' });
  });

  it('wants files, and no endless ones', async () => {
    expect(await imports(project)).toMatchObject({ code: 2, err: expect.stringContaining('is a folder; name the files in it') });
    const { code, err } = await imports('--type', 'env', '/dev/zero');
    expect([code, err]).toEqual([1, expect.stringContaining('/dev/zero holds more than 32 MiB')]);
  });

  it('names the program in its hint as it was called', async () => {
    const path = await file('.env', 'A=1\n');
    const { out } = await run(['import', path], { program: 'bin/watchword', env: { WATCHWORD_ADDR: server.address } });
    expect(out).toContain('Read it back with: `bin/watchword kv get secret/imported/churn`');
  });

  it('reads every file before it writes anything', async () => {
    const { code } = await imports(await file('.env', 'A=1\n'), await file('bad.json', '{'));
    expect([code, store.writes]).toEqual([2, 0]);
  });

  it('brings a deleted secret back as a new version', async () => {
    const path = await file('.env', 'A=1\n');
    await imports(path);
    await run(['kv', 'delete', 'secret/imported/churn'], { env: { WATCHWORD_ADDR: server.address } });
    expect((await imports(path)).code).toBe(0);
    expect(store.entries.get('imported/churn')?.versions).toHaveLength(2);
  });

  it('does not lose values of a mount without versions unless told to', async () => {
    await imports('--mount', 'plain', await file('.env', 'A=1\n'));
    const path = await file('.env', 'A=2\n');
    expect(await imports('--mount', 'plain', path)).toMatchObject({ code: 1, out: expect.stringContaining('--overwrite') });
    expect(store.plain.get('imported/churn')).toEqual({ A: '1' });
    await imports('--mount', 'plain', '--overwrite', path);
    expect(store.plain.get('imported/churn')).toEqual({ A: '2' });
  });
});

it('no value is printed, whatever happens to it', async () => {
  const canaries = Array.from({ length: 200 }, (_, index) => `canary${index}x${(index * 7919).toString(36)}`);
  const value = (index: number) => canaries[index] ?? '';
  const lines = canaries.map((canary, index) => {
    const forms = [`K${index}=${canary}`, `K${index}="${canary}`, canary, `K${index}='${canary}'x`, `K${index}="\${${canary}}"`];
    return forms[index % forms.length];
  });
  const env = await file('.env', `${lines.join('\n')}\n`);
  const json = await file('a.json', JSON.stringify({ a: value(1), b: { c: value(2) } }));
  const broken = await file('b.json', `{"a": "${value(3)}", ${value(4)}}`);
  const yaml = await file('c.yaml', `a: ${value(5)}\nb: [${value(6)}\n`);
  const outputs = [
    await imports(env, json),
    await imports('--json', env, json),
    await imports('--split', '--dry-run', env, json),
    await imports(broken),
    await imports(yaml),
    await imports('--type', 'yaml', env),
  ];
  const printed = JSON.stringify(outputs);
  expect(canaries.filter((canary) => printed.includes(canary))).toEqual([]);
});
