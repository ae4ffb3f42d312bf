import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { history } from './history.ts';
import { commitsOf, range } from './range.ts';
import { locateRepository } from './repository.ts';
import { refusePipes } from './special-files.ts';
import { staged } from './staged.ts';
import { ScratchRepository, scanned, secret } from './testing/scratch-repository.ts';

let scratch: ScratchRepository;
beforeEach(() => {
  scratch = new ScratchRepository();
  scratch.commit({ 'a.py': '1\n' });
});
afterEach(() => scratch.remove());

const inGit = (name: string): string => join(scratch.path, '.git', name);

function replace(name: string, put: (path: string) => void): void {
  mkdirSync(dirname(inGit(name)), { recursive: true });
  rmSync(inGit(name), { force: true });
  put(inGit(name));
}
const pipe = (path: string): void => void execFileSync('mkfifo', [path]);
const endless = (path: string): void => symlinkSync('/dev/zero', path);

const everywhere = ['HEAD', 'config', 'index', 'packed-refs', 'shallow', 'objects/info/alternates'];
test.each(everywhere.flatMap((name) => [pipe, endless].map((put) => [name, put] as const)))(
  'a repository whose %s is a pipe or a device is refused at once',
  async (name, put) => {
    replace(name, put);
    const refused = /in which this is no file|not in a git repository/;
    await expect(scanned(history(scratch.path))).rejects.toThrow(refused);
    await expect(scanned(range(scratch.path, commitsOf('HEAD')))).rejects.toThrow(refused);
    await expect(scanned(staged(scratch.path))).rejects.toThrow(refused);
  },
);

test.each(['refs/heads/other', 'refs/tags/deep/er', 'logs/HEAD', 'info/grafts', 'objects/info/commit-graph', 'objects/ab/cdef'])(
  'so is one in which git would come upon a pipe: %s',
  async (name) => {
    replace(name, pipe);
    await expect(scanned(history(scratch.path))).rejects.toThrow('in which this is no file');
  },
);

test('a submodule with a pipe is told, and does not keep the rest from being scanned', async () => {
  const value = secret();
  scratch.commit({ 'b.py': `k = '${value}'\n` });
  scratch.git('clone', '-q', '--bare', scratch.path, inGit('modules/sub'));
  rmSync(inGit('modules/sub/config'));
  pipe(inGit('modules/sub/config'));
  const { places, problems } = await scanned(history(scratch.path, { submodules: true }));
  expect(places).toEqual([`b.py ${value}`]);
  expect(problems).toMatchObject([{ path: 'sub/', reason: expect.stringContaining('this is no file') }]);
});

test('links to files and folders, in circles too, are no pipes', () => {
  symlinkSync('main', inGit('refs/heads/link'));
  symlinkSync('..', inGit('refs/heads/circle'));
  symlinkSync('nowhere', inGit('refs/heads/dangling'));
  renameSync(inGit('logs'), scratch.beside('logs'));
  symlinkSync(scratch.beside('logs'), inGit('logs'));
  expect(() => refusePipes(locateRepository(scratch.path))).not.toThrow();
});
