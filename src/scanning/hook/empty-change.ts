import { statSync } from 'node:fs';
import { gitOutput, startGit } from '../sources/git/git-process.ts';
import { knownByRemote } from '../sources/git/remotes.ts';
import { locateRepository } from '../sources/git/repository.ts';
import { emptyTree } from '../sources/git/staged.ts';
import type { ScanTarget } from '../targets.ts';

const EMPTY_FILE =
  /^(?:e69de29bb2d1d6434b8b29ae775ad8c2e48c5391|473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813)$/;

/** Lines that git prints; run as a scan runs it, so that nothing which is configured in the repository runs besides. */
async function git(repository: string, args: readonly string[]): Promise<string[]> {
  const pieces: Buffer[] = [];
  const child = startGit(locateRepository(repository, process.env), args);
  for await (const piece of gitOutput(child, 'looking at the change')) pieces.push(piece);
  return Buffer.concat(pieces)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
}

/**
 * Whether a change really holds nothing that could be scanned: deletions, modes, empty files, submodules. Asked when nothing was scanned,
 * by another way than the scan's, so that a hook that is blind does not wave everything through.
 */
export async function emptyChange(target: ScanTarget): Promise<boolean> {
  if (target.kind === 'staged') return emptyIndex(target.repository, target.whole === true);
  if (target.kind === 'pushed' || target.kind === 'received') return emptyPush(target);
  if (target.kind === 'range') return areEmpty(target.repository, [...target.range.split(' '), '--']);
  return target.kind === 'paths' && target.paths.every((path) => statSync(path, { throwIfNoEntry: false })?.size === 0);
}

/** Lines of `git diff --raw`: modes and ids before and after, then what happened and where. */
async function emptyIndex(repository: string, whole: boolean): Promise<boolean> {
  const all = whole ? [emptyTree(locateRepository(repository, process.env))] : [];
  const lines = await git(repository, [
    'diff',
    '--cached',
    '--raw',
    '--no-renames',
    '--no-abbrev',
    '--no-ext-diff',
    '--diff-filter=d',
    ...all,
  ]);
  return lines.every((line) => {
    const [, mode, before, after = ''] = line.split(' ');
    return mode === '160000' || before === after || EMPTY_FILE.test(after);
  });
}

/** Whether the commits bring no file along. Before a push only the remote's refs are the old ones, on the other side all are. */
async function emptyPush(target: Extract<ScanTarget, { readonly updates: string }>): Promise<boolean> {
  const { kind, repository, updates } = target;
  const rows = updates.split('\n').map((line) => line.split(' '));
  const tips = rows.map(([, tip = '']) => tip).filter(isId);
  const known = rows.map((words) => (kind === 'pushed' ? words[3] : words[0]) ?? '').filter(isId);
  if (tips.length === 0) return updates.trim() === '';
  const located = locateRepository(repository, process.env);
  const old = kind === 'pushed' ? await knownByRemote(located, target.remote) : ['--all'];
  return areEmpty(repository, [...tips, '--not', ...known, ...old]);
}

/** Whether all that these commits bring along are empty files. */
async function areEmpty(repository: string, commits: readonly string[]): Promise<boolean> {
  const only = ['--objects', '--no-object-names', '--filter=object:type=blob', '--filter-provided-objects', '--ignore-missing'];
  try {
    const blobs = await git(repository, ['rev-list', ...only, ...commits]);
    return blobs.every((id) => EMPTY_FILE.test(id));
  } catch {
    return false;
  }
}

const isId = (word: string): boolean => /^[0-9a-f]{40,64}$/.test(word) && !/^0+$/.test(word);
