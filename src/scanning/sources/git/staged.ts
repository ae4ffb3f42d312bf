import { isWatchwordError } from '../../../foundation/errors.ts';
import type { Source } from '../../source.ts';
import { changedFile } from './changed-file.ts';
import { gitOutput, startGit } from './git-process.ts';
import { ObjectStore } from './object-store.ts';
import { type Change, hasBlob, rawChanges } from './raw-diff.ts';
import { locateRepository, type Repository } from './repository.ts';

const emptyTrees = new Map([
  [20, '4b825dc642cb6eb9a060e54bf8d69288fbee4904'],
  [32, '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321'],
]);

/** The id of the tree without entries. */
export const emptyTree = ({ idBytes }: Repository): string => emptyTrees.get(idBytes) ?? '';

/** Removed files that are looked at for a secret that moved. */
const MOST_REMOVED = 200;

const difference = [
  'diff-index',
  '--cached',
  '-z',
  '--raw',
  '--no-abbrev',
  '--no-renames',
  '--no-ext-diff',
  '--ita-invisible-in-index',
];

/**
 * What the next commit will change: every staged file whole, reported only what it did not hold before. Counts the bytes it
 * scanned, and in `expectedFiles` the files that there are to scan. `environment` is ours in a git hook.
 * With `whole` everything that the index holds counts as changed.
 * @throws WatchwordError client.usage when `path` is in no repository, or git fails
 */
export function staged(path: string, environment: NodeJS.ProcessEnv = {}, whole = false): Source {
  return async function* (context) {
    const repository = locateRepository(path, environment);
    const changes = await (whole ? changesSince(repository, emptyTree(repository)) : stagedChanges(repository));
    const store = new ObjectStore(repository);
    try {
      const removed = changes.filter(({ status }) => status === 'D').flatMap(({ before }) => before);
      const files = changes.filter(hasBlob);
      context.progress.expectedFiles += files.length;
      for (const { path: file, status } of changes)
        if (status === 'U') yield { kind: 'not-scanned', path: file, reason: 'it is in conflict' };
      for (const { path: file, id, before } of files) {
        if (context.signal?.aborted === true) return;
        yield* changedFile(context, store, { path: file, blob: id, before: [...before, ...removed.slice(0, MOST_REMOVED)] });
      }
    } finally {
      store.close();
    }
  };
}

async function stagedChanges(repository: Repository): Promise<Change[]> {
  try {
    return await changesSince(repository, 'HEAD');
  } catch (error) {
    // Before the first commit there is no HEAD: then everything is new.
    if (!isWatchwordError(error)) throw error;
    return await changesSince(repository, emptyTree(repository));
  }
}

async function changesSince(repository: Repository, tree: string): Promise<Change[]> {
  const child = startGit(repository, [...difference, tree, '--']);
  const changes: Change[] = [];
  for await (const some of rawChanges(gitOutput(child, 'reading the index'))) changes.push(...some);
  return changes;
}
