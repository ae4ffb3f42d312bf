import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { history } from './history.ts';
import { rotated, rotatedText, scanned, scratchRepositories, secret } from './testing/scratch-repository.ts';

const key = Buffer.alloc(32, 1);
const { repository, removeAll } = scratchRepositories();
afterEach(removeAll);

const pad = (seed: number): string => Array.from({ length: 200 }, (_, line) => `line ${line} of ${seed % (line + 2)}\n`).join('');

describe.each(['sha1', 'sha256'])('history of a %s repository', (format) => {
  test('names the earliest commit of each path, also for what was deleted since', async () => {
    const scratch = repository(`--object-format=${format}`);
    const [first, second] = [secret(), secret()];
    const one = scratch.commit({ 'conf/a.env': `TOKEN=${first}\n`, 'readme.md': 'hello\n' });
    scratch.commit({ 'conf/a.env': `# more\nTOKEN=${first}\n` });
    const two = scratch.commit({ 'b.py': `${pad(1)}key = "${second}"\n` });
    scratch.git('rm', '-q', 'conf/a.env', 'b.py');
    scratch.commit({});
    const { sightings, problems } = await scanned(history(scratch.path));
    expect(problems).toEqual([]);
    expect(sightings).toHaveLength(2);
    const found = new Map(sightings.map((sighting) => [sighting.text, sighting]));
    expect(found.get(first)).toMatchObject({ path: 'conf/a.env', address: 'conf/a.env:1', start: { line: 1, column: 7 } });
    expect(found.get(first)?.origin).toMatchObject({ commit: one, author: 'Ada <ada@example.com>', reachable: true });
    expect(found.get(first)?.origin?.date).toMatch(/^2023-11-1\dT\d\d:\d\d:\d\d\+02:00$/);
    expect(found.get(second)?.origin?.commit).toBe(two);
  });

  test.each([
    ['loose', []],
    ['one pack of deep deltas', [['repack', '-adfq', '--depth=250', '--window=250']]],
    ['several packs', [['repack', '-q'], ['-'], ['repack', '-q']]],
    ['a pack of whole objects', [['-c', 'pack.window=0', 'repack', '-adfq']]],
  ])('finds the same whether %s', async (_name, steps) => {
    const scratch = repository(`--object-format=${format}`);
    const secrets = Array.from({ length: 12 }, secret);
    const extra = secret();
    for (const [index, value] of secrets.entries())
      scratch.commit({ 'app.py': `${pad(7)}${secrets.slice(0, index).join('\n')}\n${pad(3)}k = '${value}'\n` });
    for (const step of steps) {
      if (step[0] === '-') scratch.commit({ 'more.py': `k = '${extra}'\n` });
      else scratch.git(...step);
    }
    const { sightings, problems } = await scanned(history(scratch.path));
    expect(problems).toEqual([]);
    const expected = steps.length === 3 ? [...secrets, extra] : secrets;
    expect(sightings.map(({ text }) => text).sort()).toEqual([...expected].sort());
  });
});

describe('history', () => {
  test('reaches stashes, notes, reflogs, tags and objects that nothing reaches', async () => {
    const scratch = repository();
    const [stashed, older, noted, amended, dangling, tagged] = Array.from({ length: 6 }, secret);
    scratch.commit({ 'a.py': 'x = 1\n' });
    for (const value of [older, stashed]) {
      scratch.write('a.py', `x = '${value}'\n`);
      scratch.git('stash', '-q');
    }
    scratch.git('notes', 'add', '-m', `see ${noted}`);
    scratch.commit({ 'b.py': `k = '${amended}'\n` });
    scratch.write('b.py', 'k = 1\n');
    scratch.git('commit', '-qa', '--amend', '-m', 'clean');
    const blob = scratch.gitWith({ input: `dangling ${dangling}\n` }, 'hash-object', '-w', '--stdin');
    const tag = scratch.gitWith({ input: `tagged ${tagged}\n` }, 'hash-object', '-w', '--stdin');
    scratch.git('tag', 'only-a-blob', tag);
    const { sightings } = await scanned(history(scratch.path));
    const where = new Map(sightings.map(({ text, path, origin }) => [text, { path, reachable: origin?.reachable }]));
    expect(where.get(stashed ?? '')).toEqual({ path: 'a.py', reachable: true });
    expect(where.get(older ?? '')).toEqual({ path: 'a.py', reachable: true });
    expect(where.get(amended ?? '')).toEqual({ path: 'b.py', reachable: true });
    expect(where.get(noted ?? '')?.reachable).toBe(true);
    expect(where.get(dangling ?? '')).toEqual({ path: `git:${blob.slice(0, 12)}`, reachable: false });
    expect(where.get(tagged ?? '')).toEqual({ path: `git:${tag.slice(0, 12)}`, reachable: false });
  });

  test('attributes what only a merge brought in', async () => {
    const scratch = repository();
    const value = secret();
    scratch.commit({ 'a.py': '1\n' });
    scratch.git('checkout', '-qb', 'other');
    scratch.commit({ 'b.py': '2\n' });
    scratch.git('checkout', '-q', 'main');
    scratch.commit({ 'c.py': '3\n' });
    scratch.git('merge', '-q', '--no-commit', '--no-ff', 'other');
    const merge = scratch.commit({ 'evil.py': `k = '${value}'\n` });
    const { sightings } = await scanned(history(scratch.path));
    expect(sightings).toMatchObject([{ path: 'evil.py', origin: { commit: merge } }]);
  });

  test('reads bare, shallow and linked work trees, alternates and submodules', async () => {
    const scratch = repository();
    const [value, other] = [secret(), secret()];
    scratch.commit({ 'a.py': `k = '${value}'\n` });
    scratch.commit({ 'a.py': 'k = 1\n' });
    scratch.git('clone', '-q', '--bare', scratch.path, scratch.beside('bare.git'));
    scratch.git('clone', '-q', '--shared', scratch.path, scratch.beside('shared'));
    scratch.git('worktree', 'add', '-q', scratch.beside('tree'));
    scratch.git('clone', '-q', '--depth=1', `file://${scratch.path}`, scratch.beside('shallow'));
    const outer = repository();
    outer.commit({ 'x.py': `k = '${other}'\n` });
    outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', scratch.path, 'lib/sub');
    outer.commit({});
    const found = async (path: string, submodules = false): Promise<readonly string[]> =>
      (await scanned(history(path, { submodules }))).places;
    for (const name of ['bare.git', 'shared', 'tree', 'tree/..', 'shallow'].filter((each) => each !== 'tree/..'))
      expect(await found(scratch.beside(name))).toEqual(name === 'shallow' ? [] : [`a.py ${value}`]);
    expect(await found(outer.path)).toEqual([`x.py ${other}`]);
    expect(await found(outer.path, true)).toEqual([`lib/sub/a.py ${value}`, `x.py ${other}`]);
  });

  test('counts the objects that a partial clone lacks, and scans the rest', async () => {
    const scratch = repository();
    const value = secret();
    scratch.commit({ 'a.py': `k = '${value}'\n`, 'gone.py': 'x = 1\n' });
    scratch.commit({ 'gone.py': 'x = 2\n' });
    scratch.git('config', 'uploadpack.allowFilter', 'true');
    scratch.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    scratch.git('clone', '-q', '--filter=blob:none', `file://${scratch.path}`, scratch.beside('partial'));
    const { places, problems } = await scanned(history(scratch.beside('partial')));
    expect(places).toEqual([`a.py ${value}`]);
    expect(problems).toMatchObject([{ reason: expect.stringContaining('1 objects absent') }]);
  });

  test('goes on past a damaged pack and damaged loose objects, and says which', async () => {
    const scratch = repository();
    const values = Array.from({ length: 40 }, secret);
    for (const [index, value] of values.entries()) scratch.write(`f${index}.py`, `${pad(index)}k = '${value}'\n`);
    scratch.commit({});
    scratch.git('-c', 'pack.window=0', 'repack', '-adfq');
    const folder = join(scratch.path, '.git/objects/pack');
    const pack = join(folder, readdirSync(folder).find((name) => name.endsWith('.pack')) ?? '');
    const bytes = readFileSync(pack);
    bytes.fill(0x55, bytes.length >> 1, (bytes.length >> 1) + 40);
    chmodSync(pack, 0o600);
    writeFileSync(pack, bytes);
    const { sightings, problems } = await scanned(history(scratch.path));
    expect(sightings.length).toBeGreaterThanOrEqual(36);
    expect(sightings.length).toBeLessThan(40);
    expect(problems.length).toBeGreaterThanOrEqual(1);
    expect(problems[0]?.reason).toContain('damaged');
  });

  test('unfolds files by the name that a tree gives them, and binary ones', async () => {
    const scratch = repository();
    const [inside, plain, amid] = [secret(), secret(), secret()];
    scratch.commit({
      'deep/x.rot': rotatedText(`k = '${inside}'`),
      'image.png': Buffer.concat([Buffer.from([137, 80, 0, 1]), Buffer.alloc(64), Buffer.from(amid)]),
      'wide.txt': Buffer.from(`\ufeffkey = '${plain}'\r\n`, 'utf16le'),
    });
    const { sightings } = await scanned(history(scratch.path), [rotated]);
    expect(sightings.map(({ address, text }) => `${address} ${text}`).sort()).toEqual([
      `deep/x.rot#whole:1 ${inside}`,
      `image.png#binary.string[0]:1 ${amid}`,
      `wide.txt:1 ${plain}`,
    ]);
  });

  test('scans only what is new, and still reports what is old', async () => {
    const scratch = repository();
    const [first, second] = [secret(), secret()];
    scratch.commit({ 'a.py': `k = '${first}'\n`, 'b.py': 'x\n' });
    scratch.git('gc', '-q');
    const once = await scanned(history(scratch.path, { memory: { rules: 'r1', key } }));
    const again = await scanned(history(scratch.path, { memory: { rules: 'r1', key } }));
    expect(again.places).toEqual(once.places);
    expect(once.progress.files).toBe(2);
    expect(again.progress.files).toBe(0);
    scratch.commit({ 'c.py': `k = '${second}'\n` });
    const third = await scanned(history(scratch.path, { memory: { rules: 'r1', key } }));
    expect(third.places).toEqual([`a.py ${first}`, `c.py ${second}`].sort());
    expect(third.progress.files).toBe(1);
    const other = await scanned(history(scratch.path, { memory: { rules: 'r2', key } }));
    expect(other.progress.files).toBe(3);
    expect(other.places).toEqual(third.places);
    expect(scratch.git('status', '--porcelain')).toBe('');
  });

  test('scans a file too large for memory as a stream', async () => {
    const scratch = repository();
    const value = secret();
    const line = Buffer.from(`${'x'.repeat(99)}\n`);
    const big = Buffer.concat([...Array.from({ length: 700_000 }, () => line), Buffer.from(`k = '${value}'\n`)]);
    scratch.commit({ 'big.txt': big });
    expect((await scanned(history(scratch.path))).places).toEqual([`big.txt ${value}`]);
    scratch.git('gc', '-q');
    const { sightings } = await scanned(history(scratch.path));
    expect(sightings).toMatchObject([{ address: 'big.txt:700001' }]);
  });

  test('stays whole when a gc removes the packs meanwhile', async () => {
    const scratch = repository();
    const values = Array.from({ length: 5 }, secret);
    for (const [index, value] of values.entries()) {
      scratch.commit({ [`f${index}.py`]: `k = '${value}'\n` });
      if (index === 2) scratch.git('repack', '-q');
    }
    let repacked = false;
    const source = history(scratch.path);
    const { sightings, problems } = await scanned((context) => {
      const scan = context.scanner.scan.bind(context.scanner);
      context.scanner.scan = (bytes, setting) => {
        if (!repacked) execFileSync('git', ['-C', scratch.path, 'gc', '-q', '--prune=now']);
        repacked = true;
        return scan(bytes, setting);
      };
      return source(context);
    });
    expect(problems).toEqual([]);
    expect(sightings).toHaveLength(5);
  });
});
