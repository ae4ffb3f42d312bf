import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Source } from '../../source.ts';
import { history } from './history.ts';
import {
  rotated,
  rotatedText,
  type Scanned,
  type ScratchRepository,
  scanned,
  scratchRepositories,
  secret,
} from './testing/scratch-repository.ts';

const { repository, removeAll } = scratchRepositories();
afterEach(removeAll);

const memory = { rules: 'rules', key: Buffer.alloc(32, 1) };
const remembering = (path: string): Source => history(path, { memory });
const pad = (lines: number): string => Array.from({ length: lines }, (_, line) => `line ${line}\n`).join('');
const fileOf = ({ path }: ScratchRepository): string => join(path, '.git/watchword/scanned');
/** `text` is the value, whatever kind of array that is in. */
const told = ({ sightings, problems }: Scanned) => ({ sightings: sightings.map(({ value, ...rest }) => rest), problems });

/** How many texts a source has looked through. */
async function counted(source: Source): Promise<Scanned & { readonly texts: number }> {
  let texts = 0;
  const result = await scanned((context) => {
    const scan = context.scanner.scan.bind(context.scanner);
    context.scanner.scan = (bytes, setting) => {
      texts += 1;
      return scan(bytes, setting);
    };
    return source(context);
  });
  return { ...result, texts };
}

/** Secrets that move, are renamed, deleted, encoded, in messages, in wide characters, unreachable twice. */
function eventful(): ScratchRepository {
  const scratch = repository();
  const [kept, moved, encoded, noted, wide, lost] = Array.from({ length: 6 }, secret);
  scratch.commit({ 'a.py': `${pad(90)}k = '${kept}'\n`, 'b.py': `${pad(40)}k = '${moved}'\n` });
  for (const version of [1, 2, 3]) scratch.commit({ 'a.py': `# ${version}\n${pad(90)}k = '${kept}'\nk = '${kept}'\n` });
  scratch.git('mv', 'b.py', 'c.py');
  scratch.commit({}, `moved ${noted}`);
  scratch.commit({ 'd.txt': `${Buffer.from(`k = '${encoded}'`).toString('base64')}\n` });
  scratch.commit({ 'wide.txt': Buffer.from(`\ufeffkey = '${wide}'\r\n`, 'utf16le') });
  for (const text of ['one', 'two']) scratch.gitWith({ input: `${text} ${lost}\n` }, 'hash-object', '-w', '--stdin');
  scratch.git('tag', '-a', 'v1', '-m', `tagged ${noted}`);
  scratch.git('rm', '-q', 'd.txt');
  scratch.commit({});
  return scratch;
}

describe.each([
  ['loose', []],
  ['packed', ['repack', '-adq', '--depth=50']],
])('a history that was scanned and is %s', (_name, packing) => {
  const made = (): ScratchRepository => {
    const scratch = eventful();
    if (packing.length > 0) scratch.git(...packing);
    return scratch;
  };

  test('is told again as it was, without being scanned', async () => {
    const scratch = made();
    const fresh = await scanned(history(scratch.path));
    const first = await scanned(remembering(scratch.path));
    const file = readFileSync(fileOf(scratch));
    const second = await counted(remembering(scratch.path));
    expect(first.sightings).toHaveLength(7);
    expect(told(first)).toEqual(told(fresh));
    expect(told(second)).toEqual(told(first));
    expect(second.progress.files).toBe(0);
    // What stands in a file otherwise than it is has to be decoded again: one in Base64, one in UTF-16.
    expect(second.texts).toBe(2);
    expect(readFileSync(fileOf(scratch))).toEqual(file);
    for (const { text } of first.sightings) expect(file.includes(text)).toBe(false);
  });

  test('is told with what came since, as if it had never been scanned', async () => {
    const scratch = made();
    await scanned(remembering(scratch.path));
    const added = secret();
    scratch.git('mv', 'a.py', 'e.py');
    scratch.commit({}, 'renamed');
    scratch.commit({ 'f.py': `k = '${added}'\n`, 'c.py': `k = '${added}'\n` });
    scratch.git('checkout', '-q', '-b', 'side', 'HEAD~3');
    scratch.commit({ 'g.py': `k = '${added}'\n` });
    const fresh = await scanned(history(scratch.path));
    for (const _turn of [1, 2]) expect(told(await scanned(remembering(scratch.path)))).toEqual(told(fresh));
  });

  test('is told anew when only what leads to it has changed', async () => {
    const scratch = made();
    await scanned(remembering(scratch.path));
    const before = readFileSync(fileOf(scratch)).length;
    scratch.git('checkout', '-q', '--orphan', 'other', 'HEAD~3');
    scratch.git('branch', '-qD', 'main');
    scratch.git('tag', '-d', 'v1');
    scratch.git('reflog', 'expire', '--expire=now', '--all');
    const fresh = await scanned(history(scratch.path));
    expect(fresh.sightings.some(({ origin }) => origin?.reachable === true)).toBe(false);
    for (const _turn of [1, 2]) expect(told(await scanned(remembering(scratch.path)))).toEqual(told(fresh));
    scratch.git('reflog', 'expire', '--expire=now', '--all');
    scratch.git('rm', '-rq', '--cached', '.');
    scratch.git('gc', '-q', '--prune=now');
    expect(told(await scanned(remembering(scratch.path)))).toEqual({ sightings: [], problems: [] });
    expect(readFileSync(fileOf(scratch)).length).toBeLessThan(before);
  });

  test('is scanned anew with another key, and for a file that is damaged or of another place', async () => {
    const scratch = made();
    const first = await scanned(remembering(scratch.path));
    const sound = readFileSync(fileOf(scratch));
    const again = async (source: Source): Promise<void> => {
      const result = await scanned(source);
      expect(told(result)).toEqual(told(first));
      expect(result.progress.files).toBe(first.progress.files);
    };
    await again(history(scratch.path, { memory: { ...memory, key: Buffer.alloc(32, 2) } }));
    for (const at of [3, 100, 300, sound.length - 60, sound.length - 1]) {
      const damaged = Buffer.from(sound);
      damaged[at] = (damaged[at] as number) ^ 4;
      writeFileSync(fileOf(scratch), damaged);
      await again(remembering(scratch.path));
    }
    const other = eventful();
    await scanned(remembering(other.path));
    writeFileSync(fileOf(scratch), readFileSync(fileOf(other)));
    await again(remembering(scratch.path));
  });

  test('is told whole after a scan that was interrupted', async () => {
    const scratch = made();
    const fresh = await scanned(history(scratch.path));
    const stop = new AbortController();
    await scanned(
      (context) => {
        const isText = context.unfolder.formatOf.bind(context.unfolder);
        context.unfolder.formatOf = (path, head) => {
          if (context.progress.files >= 3) stop.abort();
          return isText(path, head);
        };
        return remembering(scratch.path)(context);
      },
      [],
      stop.signal,
    );
    expect(stop.signal.aborted).toBe(true);
    for (const _turn of [1, 2]) expect(told(await scanned(remembering(scratch.path)))).toEqual(told(fresh));
  });
});

test('what a scan knows of is told under the name of each submodule', async () => {
  const inner = eventful();
  const outer = repository();
  outer.commit({ 'x.py': `k = '${secret()}'\n` });
  outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.path, 'lib/sub');
  outer.commit({});
  const both = (): Source => history(outer.path, { memory, submodules: true });
  const first = await scanned(both());
  const second = await counted(both());
  expect(first.places.some((place) => place.startsWith('lib/sub/a.py'))).toBe(true);
  expect(told(second)).toEqual(told(first));
  expect(second.progress.files).toBe(0);
});

test('objects that a partial clone lacks are counted each time, and scanned when they come', async () => {
  const scratch = repository();
  const value = secret();
  scratch.commit({ 'a.py': `k = '${secret()}'\n`, 'gone.py': `k = '${value}'\n` });
  scratch.commit({ 'gone.py': 'x = 2\n' });
  scratch.git('config', 'uploadpack.allowFilter', 'true');
  scratch.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
  const path = scratch.beside('partial');
  scratch.git('clone', '-q', '--filter=blob:none', `file://${scratch.path}`, path);
  const first = await scanned(remembering(path));
  expect(first.problems).toMatchObject([{ reason: expect.stringContaining('1 objects absent') }]);
  const second = await counted(remembering(path));
  expect(told(second)).toEqual(told(first));
  expect(second.progress.files).toBe(0);
  execFileSync('git', ['-C', path, 'cat-file', '-p', 'HEAD~1:gone.py'], { stdio: 'ignore' });
  const third = await scanned(remembering(path));
  expect(third.problems).toEqual([]);
  expect(third.places).toContain(`gone.py ${value}`);
});

test('a tag that is gone makes its message unreachable, though no commit is', async () => {
  const scratch = repository();
  scratch.commit({ 'a.py': 'x = 1\n' });
  scratch.git('tag', '-a', 'v1', '-m', `tagged ${secret()}`);
  const { sightings } = await scanned(remembering(scratch.path));
  expect(sightings).toMatchObject([{ origin: { reachable: true } }]);
  scratch.git('tag', '-d', 'v1');
  const fresh = await scanned(history(scratch.path));
  expect(fresh.sightings).toMatchObject([{ origin: { reachable: false } }]);
  expect(told(await scanned(remembering(scratch.path)))).toEqual(told(fresh));
});

test('of blobs that nothing reaches the same one is told, whichever came first', async () => {
  const scratch = repository();
  const value = secret();
  const texts = ['one', 'two', 'three', 'four'].map((text) => ({ input: `${text} ${value}\n` }));
  const idOf = (text: { input: string }): string => scratch.gitWith(text, 'hash-object', '--stdin');
  for (const text of texts.sort((a, b) => (idOf(a) < idOf(b) ? 1 : -1))) {
    scratch.gitWith(text, 'hash-object', '-w', '--stdin');
    const remembered = await scanned(remembering(scratch.path));
    expect(remembered.sightings).toMatchObject([{ origin: { blob: idOf(text) } }]);
    expect(told(remembered)).toEqual(told(await scanned(history(scratch.path))));
  }
});

test('a blob that comes later is read as what a known loose tree names it', async () => {
  const scratch = repository();
  const value = secret();
  scratch.commit({ 'x.rot': rotatedText(`k = '${value}'`), 'y.py': 'y\n' });
  const id = scratch.git('rev-parse', 'HEAD:x.rot');
  const path = join(scratch.path, '.git/objects', id.slice(0, 2), id.slice(2));
  renameSync(path, scratch.beside('kept'));
  const first = await scanned(remembering(scratch.path), [rotated]);
  expect(first.places).toEqual([]);
  expect(first.problems).toHaveLength(1);
  renameSync(scratch.beside('kept'), path);
  for (const _turn of [1, 2]) {
    const later = await scanned(remembering(scratch.path), [rotated]);
    expect(later.places).toEqual([`x.rot ${value}`]);
    expect(later.problems).toEqual([]);
  }
});
