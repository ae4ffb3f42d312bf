import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { catalogue } from '../../scanning/catalogue.ts';
import { Maker } from '../../scanning/detectors/maker.ts';
import { fakeServer } from '../testing/fake-server.ts';
import { FakeStore } from '../testing/fake-store.ts';
import { type RunSettings, run } from '../testing/memory-terminal.ts';

const github = catalogue.find(({ id }) => id === 'github-personal-access-token');
const tokens = (github?.examples(new Maker('scan-command')).positive ?? []).map(({ value }) => value);
const token = tokens[0] ?? '';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchword-scan-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, text: string | Buffer) => writeFile(join(folder, name), text);
const scan = (words: string[] = [], settings: RunSettings = {}) =>
  run(['scan', '--no-baseline', '--threads', '1', ...words, folder], settings);

describe('exit codes', () => {
  test('0: nothing found', async () => {
    await write('a.py', 'x = 1\n');
    expect(await scan()).toMatchObject({ code: 0, out: expect.stringContaining('Nothing found.') });
  });

  test('3: something found, unless it is less sure than asked for', async () => {
    await write('a.py', `token = "${token}"\n`);
    expect((await scan()).code).toBe(3);
    expect((await scan(['--fail-on', 'never'])).code).toBe(0);
  });

  test('4: nothing found, but not everything could be scanned', async () => {
    await write('broken.zip', Buffer.from('PK\u0003\u0004 is no archive'));
    const { code, out } = await scan();
    expect([code, out]).toEqual([4, expect.stringMatching(/Not scanned: \d+ part/)]);
    expect((await scan(['--allow-incomplete'])).code).toBe(0);
  });

  test.each([
    ['--format', 'xml'],
    ['--detector', 'no-such-thing'],
    ['--fail-on', 'sometimes'],
    ['--nonsense'],
    ['--staged', '--history'],
    ['--fix', '--history'],
  ])('2: wrong usage (%s)', async (...words) => {
    await write('a.py', 'x = 1\n');
    expect((await scan(words)).code).toBe(2);
  });
});

describe('what is printed', () => {
  test('never holds the secret, in no format', async () => {
    await write('a.py', `token = "${token}"\n`);
    for (const format of ['terminal', 'json', 'jsonl', 'sarif', 'csv', 'markdown']) {
      const { out, err } = await scan(['--format', format]);
      expect(out).toContain('a.py');
      expect(out + err).not.toContain(token.slice(4, 12));
    }
  });

  test('--show-secrets is for a terminal', async () => {
    await write('a.py', `token = "${token}"\n`);
    expect(await scan(['--show-secrets'])).toMatchObject({ code: 2, out: '' });
    expect((await scan(['--show-secrets', '--format', 'json'], { isTerminal: true })).code).toBe(2);
    expect((await scan(['--show-secrets'], { isTerminal: true })).out).toContain(token);
  });

  test('goes to files as well', async () => {
    await write('a.py', `token = "${token}"\n`);
    const file = join(folder, 'report.sarif');
    await scan(['--output', file]);
    expect(JSON.parse(await readFile(file, 'utf8')).runs[0].results).toHaveLength(1);
  });

  test('has no colours without a terminal, nor with NO_COLOR', async () => {
    await write('a.py', `token = "${token}"\n`);
    expect((await scan()).out).not.toContain('\u001b');
    expect((await scan([], { isTerminal: true, env: { NO_COLOR: '1' } })).out).not.toContain('\u001b');
    expect((await scan([], { isTerminal: true })).out).toContain('\u001b');
  });
});

test('--fix says what it leaves, because it is in no notebook', async () => {
  await write('a.py', `token = "${token}"\n`);
  const { out } = await scan(['--fix']);
  expect(out).toContain('Left as it is: 1 finding outside notebooks.');
  expect(await readFile(join(folder, 'a.py'), 'utf8')).toContain(token);
});

describe('a baseline', () => {
  const file = () => join(folder, 'baseline.jsonl');
  const claim = ['--reason', 'sandbox', '--owner', 'ada'];
  const withBaseline = (...words: string[]) => run(['scan', '--threads', '1', '--baseline', file(), ...words, folder]);

  test('silences what was there when it was made, and nothing that comes later', async () => {
    await write('a.py', `token = "${token}"\n`);
    expect((await run(['baseline', 'create', '--baseline', file(), ...claim, folder])).code).toBe(0);
    expect(await readFile(file(), 'utf8')).not.toContain(token.slice(4, 12));
    expect(await withBaseline()).toMatchObject({ code: 0, out: expect.stringContaining('Silenced: 1 place') });
    await write('b.py', `token = "${tokens[1]}"\n`);
    expect((await withBaseline()).code).toBe(3);
    await write('a.py', `\n\nmoved = "${token}"\n`);
    await rm(join(folder, 'b.py'));
    expect((await withBaseline()).code).toBe(0);
  });

  test('of another key makes the run incomplete', async () => {
    await write('a.py', 'x = 1\n');
    await run(['baseline', 'create', '--baseline', file(), ...claim, folder]);
    const key = join(folder, 'key');
    await writeFile(key, new Maker('key').bytes(32), { mode: 0o600 });
    expect(await withBaseline('--key-file', key)).toMatchObject({ code: 4, out: expect.stringContaining('--key-file') });
  });

  test('can be made with the key that the store keeps for the team', async () => {
    await write('a.py', `token = "${token}"\n`);
    const store = new FakeStore();
    const server = await fakeServer(store.respond);
    try {
      const env = { WATCHWORD_ADDR: server.address, WATCHWORD_TOKEN: 'any' };
      const with_ = (path: string) => run(['scan', '--no-baseline', '--format', 'jsonl', '--key-secret', path, folder], { env });
      expect((await with_('plain/scan')).code).not.toBe(3);
      store.plain.set('scan', { key: new Maker('team key').chars('hex', 64) });
      const first = await with_('plain/scan');
      expect(first).toMatchObject({ code: 3, out: expect.stringContaining('"fingerprint":"key-') });
      expect((await with_('plain/scan')).out).toBe(first.out);
    } finally {
      await server.close();
    }
  });

  test('is not overwritten', async () => {
    await write('a.py', 'x = 1\n');
    await run(['baseline', 'create', '--baseline', file(), ...claim, folder]);
    expect((await run(['baseline', 'create', '--baseline', file(), ...claim, folder])).code).toBe(2);
  });
});
