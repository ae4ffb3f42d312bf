import type { ScanTarget } from '../targets.ts';

type Variables = Readonly<Record<string, string | undefined>>;

const isId = (name: string): boolean => /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(name);
const zeros = (id: string): string => '0'.repeat(id.length);

/** Whether the pre-commit framework calls us. It reads itself what git says, and tells it in variables. */
export const isFramework = (env: Variables): boolean => env['PRE_COMMIT'] === '1';

/**
 * What the framework means before a commit. Git names the index to the hooks of a commit; where it has not, somebody called `pre-commit
 * run`, where nothing need be staged: then it is a range of commits, the files of these `names`, or everything that git tracks.
 */
export function frameworkCommit(names: readonly string[], env: Variables): ScanTarget {
  if (env['GIT_INDEX_FILE'] !== undefined) return { kind: 'staged', repository: '.' };
  const { PRE_COMMIT_FROM_REF: from, PRE_COMMIT_TO_REF: to } = env;
  if (from !== undefined && to !== undefined) return between(from, to);
  return names.length > 0 ? { kind: 'paths', paths: names } : { kind: 'staged', repository: '.', whole: true };
}

/**
 * What the framework means before a push. It names no commits when the first of all is among them, only the branch; and not even that
 * when it was called by hand.
 */
export function frameworkPush(env: Variables): ScanTarget {
  const { PRE_COMMIT_FROM_REF: from, PRE_COMMIT_TO_REF: to, PRE_COMMIT_LOCAL_BRANCH: branch } = env;
  const remote = env['PRE_COMMIT_REMOTE_NAME'];
  if (to !== undefined && isId(to) && remote !== undefined && (from === undefined || isId(from)))
    return { kind: 'pushed', repository: '.', updates: `refs/pushed ${to} refs/pushed ${from ?? zeros(to)}\n`, remote };
  if (to !== undefined) return from === undefined ? allOf(to) : between(from, to);
  return branch === undefined || branch === '' ? { kind: 'staged', repository: '.', whole: true } : allOf(branch);
}

const allOf = (revision: string): ScanTarget => ({ kind: 'range', repository: '.', range: revision });
const between = (from: string, to: string): ScanTarget => allOf(/^0+$/.test(from) ? to : `${from}..${to}`);
