import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { history } from './history.ts';
import { commitsOf, range } from './range.ts';
import { staged } from './staged.ts';
import { type ScratchRepository, scanned, scratchRepositories, secret } from './testing/scratch-repository.ts';

const { repository, removeAll } = scratchRepositories();
afterEach(removeAll);

/** A repository in which everything that git can be told to run leaves a mark. */
function trapped(): { scratch: ScratchRepository; sprung: () => boolean; value: string } {
  const scratch = repository();
  const value = secret();
  const mark = scratch.beside('sprung');
  const trap = scratch.beside('trap.sh');
  writeFileSync(trap, `#!/bin/sh\necho "$0 $*" >> '${mark}'\nexit 0\n`);
  chmodSync(trap, 0o755);
  scratch.commit({ 'a.py': 'x\n', 'sub/b.py': 'y\n' });
  scratch.commit({ 'a.py': `k = '${value}'\n` });
  scratch.write('.gitattributes', '* filter=evil diff=evil merge=evil\n');
  scratch.git('add', '.gitattributes');
  scratch.write('c.py', `k = '${value}'\n`);
  scratch.git('add', 'c.py');
  const commands = [
    ...[
      'core.fsmonitor',
      'core.sshCommand',
      'core.pager',
      'core.editor',
      'core.askPass',
      'core.alternateRefsCommand',
      'core.gitProxy',
    ],
    ...[
      'diff.external',
      'diff.evil.textconv',
      'diff.evil.command',
      'filter.evil.clean',
      'filter.evil.smudge',
      'filter.evil.process',
    ],
    ...[
      'merge.evil.driver',
      'gpg.program',
      'gpg.ssh.program',
      'credential.helper',
      'sequence.editor',
      'uploadpack.packObjectsHook',
    ],
    ...[
      'remote.origin.uploadpack',
      'remote.origin.vcs',
      'interactive.diffFilter',
      'pager.diff-tree',
      'pager.rev-list',
      'alias.rev-list',
    ],
  ];
  for (const name of commands) scratch.git('config', name, name.startsWith('alias') ? `!${trap}` : trap);
  for (const [name, setting] of [
    ['log.showSignature', 'true'],
    ['core.hooksPath', scratch.beside('hooks')],
    ['remote.origin.url', `ext::${trap} x`],
    ['remote.origin.promisor', 'true'],
    ['protocol.ext.allow', 'always'],
    ['extensions.partialClone', 'origin'],
    ['core.repositoryFormatVersion', '1'],
    ['core.worktree', '/nonexistent'],
  ] as const)
    scratch.git('config', name, setting);
  for (const folder of [scratch.beside('hooks'), join(scratch.path, '.git/hooks')]) {
    mkdirSync(folder, { recursive: true });
    for (const hook of ['post-index-change', 'reference-transaction', 'fsmonitor-watchman', 'pre-commit', 'post-checkout']) {
      writeFileSync(join(folder, hook), `#!/bin/sh\necho hook >> '${mark}'\n`);
      chmodSync(join(folder, hook), 0o755);
    }
  }
  return { scratch, sprung: () => existsSync(mark), value };
}

test('nothing that a repository brings along is run', async () => {
  const { scratch, sprung, value } = trapped();
  expect((await scanned(history(scratch.path))).places).toEqual([`a.py ${value}`, `c.py ${value}`].slice(0, 1));
  expect((await scanned(staged(scratch.path))).places).toEqual([`c.py ${value}`]);
  expect((await scanned(range(scratch.path, commitsOf('HEAD~1..HEAD')))).places).toEqual([`a.py ${value}`]);
  expect(sprung()).toBe(false);
});

test('the traps spring when git is called in the usual way', () => {
  const { scratch, sprung } = trapped();
  scratch.git('config', '--unset', 'core.worktree');
  try {
    scratch.git('status');
    scratch.git('log', '-p', '--ext-diff');
  } catch {
    // What the trap answers is not what git wants.
  }
  expect(sprung()).toBe(true);
});
