import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { commitsOf, pushedCommits, range, receivedCommits } from './range.ts';
import { type ScratchRepository, scanned, scratchRepositories, secret } from './testing/scratch-repository.ts';

const zero = '0'.repeat(40);
const { repository, removeAll } = scratchRepositories();
afterEach(removeAll);

test('a range holds what its commits brought in, also when a later one took it out', async () => {
  const scratch = repository();
  const [before, removed, kept] = [secret(), secret(), secret()];
  const start = scratch.commit({ 'a.py': `k = '${before}'\n` });
  const guilty = scratch.commit({ 'a.py': `k = '${before}'\nj = '${removed}'\n` });
  scratch.commit({ 'a.py': `k = '${before}'\n`, 'b.py': `k = '${kept}'\n` });
  scratch.commit({ 'b.py': `# again\nk = '${kept}'\n` });
  const { sightings, problems } = await scanned(range(scratch.path, commitsOf(`${start}..HEAD`)));
  expect(problems).toEqual([]);
  expect(sightings.map(({ path, text }) => `${path} ${text}`)).toEqual([`a.py ${removed}`, `b.py ${kept}`]);
  expect(sightings[0]?.origin).toMatchObject({ commit: guilty, author: 'Ada <ada@example.com>' });
});

test('a merge brings in only what no parent held', async () => {
  const scratch = repository();
  const [upstream, evil] = [secret(), secret()];
  scratch.commit({ 'a.py': '1\n' });
  scratch.git('checkout', '-qb', 'feature');
  scratch.commit({ 'f.py': '1\n' });
  scratch.git('checkout', '-q', 'main');
  scratch.commit({ 'u.py': `k = '${upstream}'\n` });
  scratch.git('checkout', '-q', 'feature');
  scratch.git('merge', '-q', '--no-commit', '--no-ff', 'main');
  scratch.commit({ 'e.py': `k = '${evil}'\n` });
  expect((await scanned(range(scratch.path, commitsOf('main..feature')))).places).toEqual([`e.py ${evil}`]);
});

test('what is pushed is what the remote does not have', async () => {
  const scratch = repository();
  const [old, fresh] = [secret(), secret()];
  scratch.commit({ 'a.py': `k = '${old}'\n` });
  scratch.git('clone', '-q', '--bare', scratch.path, scratch.beside('remote.git'));
  scratch.git('remote', 'add', 'origin', scratch.beside('remote.git'));
  scratch.git('fetch', '-q', 'origin');
  const now = scratch.commit({ 'b.py': `k = '${fresh}'\n` });
  const pushed = async (line: string): Promise<readonly string[]> => {
    const commits = pushedCommits(line, ['--remotes=origin']);
    return commits === undefined ? [] : (await scanned(range(scratch.path, commits))).places;
  };
  expect(await pushed(`refs/heads/new ${now} refs/heads/new ${zero}\n`)).toEqual([`b.py ${fresh}`]);
  expect(await pushed(`refs/heads/main ${now} refs/heads/main ${'1'.repeat(40)}\n`)).toEqual([`b.py ${fresh}`]);
  expect(await pushed(`(delete) ${zero} refs/heads/main ${now}\n`)).toEqual([]);
  expect(await pushed('')).toEqual([]);
});

test('a received push is scanned in quarantine', async () => {
  const scratch = repository();
  const [old, fresh] = [secret(), secret()];
  const base = scratch.commit({ 'a.py': `k = '${old}'\n` });
  scratch.git('clone', '-q', '--bare', scratch.path, scratch.beside('server.git'));
  const now = scratch.commit({ 'b.py': `k = '${fresh}'\n` });
  const quarantine = scratch.beside('server.git/objects/incoming');
  execFileSync('mkdir', ['-p', `${quarantine}/pack`]);
  const pack = execFileSync('git', ['-C', scratch.path, 'pack-objects', '--revs', '--stdout', '-q', '--thin'], {
    input: `${now}\n^${base}\n`,
  });
  const environment = {
    GIT_OBJECT_DIRECTORY: quarantine,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: scratch.beside('server.git/objects'),
  };
  const server = scratch.beside('server.git');
  execFileSync('git', ['-C', server, 'index-pack', '--stdin', '--fix-thin'], {
    input: pack,
    env: { ...process.env, ...environment },
  });
  const commits = receivedCommits(`${base} ${now} refs/heads/main\n`);
  if (commits === undefined) throw new Error('nothing was received');
  const { sightings } = await scanned(range(server, commits, environment));
  expect(sightings).toMatchObject([{ path: 'b.py', text: fresh, origin: { commit: now } }]);
});

/** What is found when a push of these refs is received, with commits that the server has already. */
async function received(scratch: ScratchRepository, server: string, tips: readonly string[]): Promise<readonly string[]> {
  const lines = tips.map((tip, index) => `${zero} ${tip} refs/tags/t${index}\n`).join('');
  const commits = receivedCommits(lines);
  if (commits === undefined) throw new Error('nothing was received');
  const objects = join(server, 'objects');
  const environment = { GIT_OBJECT_DIRECTORY: join(scratch.path, '.git/objects'), GIT_ALTERNATE_OBJECT_DIRECTORIES: objects };
  const { places, problems } = await scanned(range(server, commits, environment));
  expect(problems).toEqual([]);
  return places;
}

test('a tag on a blob or a tree hides nothing behind a harmless commit, nor do messages', async () => {
  const scratch = repository();
  const [inBlob, inTree, inTag, inCommit] = [secret(), secret(), secret(), secret()];
  scratch.commit({ 'a.py': '1\n' });
  const server = scratch.beside('server.git');
  scratch.git('clone', '-q', '--bare', scratch.path, server);
  const blob = scratch.gitWith({ input: `k = '${inBlob}'\n` }, 'hash-object', '-w', '--stdin');
  const deep = scratch.gitWith({ input: `k = '${inTree}'\n` }, 'hash-object', '-w', '--stdin');
  const sub = scratch.gitWith({ input: `100644 blob ${deep}\ts.py\n` }, 'mktree');
  const tree = scratch.gitWith({ input: `040000 tree ${sub}\tsub\n` }, 'mktree');
  const loud = scratch.commit({}, `k = '${inCommit}'`);
  const harmless = scratch.commit({ 'b.py': '2\n' });
  scratch.git('tag', '-a', 'inner', '-m', `k = '${inTag}'`, blob);
  scratch.git('tag', '-a', 'outer', '-m', 'harmless', 'inner');
  const [inner, outer] = [scratch.git('rev-parse', 'inner'), scratch.git('rev-parse', 'outer')];
  const blobPlace = `git:${blob.slice(0, 12)} ${inBlob}`;
  const tagPlace = `git:tag/${inner.slice(0, 12)} ${inTag}`;
  const commitPlace = `git:commit/${loud.slice(0, 12)} ${inCommit}`;
  expect(await received(scratch, server, [harmless, blob, tree])).toEqual([blobPlace, commitPlace, `sub/s.py ${inTree}`].sort());
  expect(await received(scratch, server, [outer])).toEqual([blobPlace, tagPlace].sort());
  const named = await scanned(range(scratch.path, commitsOf('HEAD~2..HEAD outer')));
  expect(named.places).toEqual([blobPlace, tagPlace, commitPlace].sort());
});

test('messages do not count as files that were looked at', async () => {
  const scratch = repository();
  scratch.commit({ 'a.py': '1\n' });
  scratch.commit({}, 'nothing');
  expect((await scanned(range(scratch.path, commitsOf('HEAD~1..HEAD')))).progress).toMatchObject({ files: 0, bytes: 0 });
});

test('unknown commits and options in place of commits are refused', async () => {
  const scratch = repository();
  scratch.commit({ 'a.py': '1\n' });
  await expect(scanned(range(scratch.path, commitsOf('nowhere..HEAD')))).rejects.toThrow('git failed while listing commits');
  expect(() => commitsOf('--all')).toThrow('a commit range looks like');
  expect(() => pushedCommits('garbage', [])).toThrow('git has not said what is pushed');
});
