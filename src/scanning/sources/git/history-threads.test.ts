import { afterEach, expect, test } from 'vitest';
import { history } from './history.ts';
import { scanned, scratchRepositories, secret } from './testing/scratch-repository.ts';

const { repository, removeAll } = scratchRepositories();
afterEach(removeAll);

/** What no compression makes smaller: of a small pack one thread takes care. */
const noise = (seed: number, size: number): string => {
  const bytes = Buffer.alloc(size);
  for (let at = 0, state = seed + 1; at < size; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = 128 + ((state >>> 24) & 127);
  }
  return bytes.toString('latin1');
};

test('two threads find what one finds, and count the same', async () => {
  const scratch = repository();
  for (let commit = 0; commit < 12; commit += 1) {
    const files = Array.from({ length: 20 }, (_, at) => [`part${at % 3}/${at}.txt`, noise(commit * 100 + at, 48_000)]);
    scratch.commit({ ...Object.fromEntries(files), 'app.py': `k = '${secret()}'\n`, 'list.txt': `${commit}\n${secret()}\n` });
  }
  const loose = secret();
  scratch.git('repack', '-adfq');
  scratch.commit({ 'late.py': `k = '${loose}'\n` });
  const one = await scanned(history(scratch.path, { threads: 1 }));
  const two = await scanned(history(scratch.path, { threads: 2 }));
  expect(one.places).toHaveLength(25);
  expect([...two.places].sort()).toEqual([...one.places].sort());
  expect(two.progress).toEqual(one.progress);
  expect(two.problems).toEqual([]);
}, 60_000);

test('the messages of commits and tags are scanned', async () => {
  const scratch = repository();
  const [inCommit, inTag, inBoth] = [secret(), secret(), secret()];
  const commit = scratch.commit({ a: `${inBoth}\n` });
  scratch.git('commit', '-q', '--allow-empty', '-m', 'rotate', '-m', `the old one was ${inCommit}`);
  const talkative = scratch.git('rev-parse', 'HEAD');
  scratch.git('tag', '-a', 'v1', '-m', `works with ${inTag}`);
  const tag = scratch.git('rev-parse', 'v1');
  scratch.git('commit', '-q', '--allow-empty', '-m', `again ${inBoth}`);
  const again = scratch.git('rev-parse', 'HEAD');
  const { sightings, problems } = await scanned(history(scratch.path));
  expect(problems).toEqual([]);
  const told = sightings.map(({ text, address, origin }) => [text, address, origin?.commit, origin?.reachable]);
  expect(told.sort()).toEqual(
    [
      [inBoth, 'a:1', commit, true],
      [inCommit, `git:commit/${talkative.slice(0, 12)}:3`, talkative, true],
      [inTag, `git:tag/${tag.slice(0, 12)}:1`, undefined, true],
      [inBoth, `git:commit/${again.slice(0, 12)}:1`, again, true],
    ].sort(),
  );
});

test('a message that nothing leads to any more is still told', async () => {
  const scratch = repository();
  scratch.commit({ a: 'a\n' });
  const value = secret();
  const tree = scratch.git('rev-parse', 'HEAD^{tree}');
  const lost = scratch.git('commit-tree', tree, '-m', value);
  const { sightings } = await scanned(history(scratch.path));
  expect(sightings.map(({ path, origin }) => [path, origin?.reachable])).toEqual([[`git:commit/${lost.slice(0, 12)}`, false]]);
});
