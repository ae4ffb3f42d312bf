import { WatchwordError } from '../../../foundation/errors.ts';
import type { Source } from '../../source.ts';
import { Authors, commitChanges } from './attribution.ts';
import { changedFile } from './changed-file.ts';
import { ObjectStore } from './object-store.ts';
import { hasBlob } from './raw-diff.ts';
import { locateRepository } from './repository.ts';
import { SecretNames } from './sweep.ts';

/** Which commits: arguments of `git rev-list`, and what it reads from its standard input. */
export interface Commits {
  readonly arguments: readonly string[];
  readonly text?: string;
}

/**
 * `a..b`, a branch, or several of both, as people write them.
 * @throws WatchwordError client.usage for what would be an option
 */
export function commitsOf(revisions: string): Commits {
  const parts = revisions.split(/\s+/).filter((part) => part !== '');
  if (parts.length === 0 || parts.some((part) => part.startsWith('-')))
    throw new WatchwordError('client.usage', 'a commit range looks like main..feature', { where: 'range' });
  return { arguments: [...parts, '--'] };
}

const isId = (text: string | undefined): text is string => text !== undefined && /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(text);
const isZero = (id: string): boolean => /^0+$/.test(id);

/** New and old ids for rev-list; undefined when refs are only removed. */
function between(pairs: readonly (readonly [string | undefined, string | undefined])[]): string | undefined {
  const lines: string[] = [];
  for (const [now, before] of pairs) {
    if (!isId(now) || !isId(before))
      throw new WatchwordError('client.usage', 'git has not said what is pushed', { where: 'standard input' });
    if (isZero(now)) continue;
    lines.push(now);
    if (!isZero(before)) lines.push(`^${before}`);
  }
  return lines.some((line) => !line.startsWith('^')) ? `${lines.join('\n')}\n` : undefined;
}

const rows = (input: string): string[][] =>
  input
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(' '));

/**
 * What a `pre-push` hook is told on its standard input (`local-ref local-id remote-ref remote-id` in each line): the commits that
 * the remote does not have yet. Undefined when nothing is sent.
 * @throws WatchwordError client.usage for anything else
 */
export function pushedCommits(input: string, remote: string): Commits | undefined {
  const text = between(rows(input).map(([, now, , before]) => [now, before]));
  const known = /^[\w.-]+(?:\/[\w.-]+)*$/.test(remote) ? `--remotes=${remote}` : '--remotes';
  return text === undefined ? undefined : { arguments: ['--ignore-missing', '--stdin', '--not', known], text };
}

/**
 * What a `pre-receive` hook is told on its standard input (`old-id new-id ref` in each line): the commits that no ref here has
 * yet. Undefined when nothing is received.
 * @throws WatchwordError client.usage for anything else
 */
export function receivedCommits(input: string): Commits | undefined {
  const text = between(rows(input).map(([before, now]) => [now, before]));
  return text === undefined ? undefined : { arguments: ['--ignore-missing', '--stdin', '--not', '--all'], text };
}

/**
 * What commits bring in: every changed file whole, reported what no parent's version of it held; for each path and secret the
 * earliest commit. `environment` is ours in a git hook: objects in quarantine are found by it.
 * @throws WatchwordError client.usage when `path` is in no repository, or git does not know the commits
 */
export function range(path: string, commits: Commits, environment: NodeJS.ProcessEnv = {}): Source {
  return async function* (context) {
    const repository = locateRepository(path, environment);
    const store = new ObjectStore(repository);
    const authors = new Authors(store);
    const secrets = new SecretNames();
    const scanned = new Set<string>();
    const told = new Set<string>();
    try {
      const ordered = ['--topo-order', '--reverse', ...commits.arguments];
      for await (const change of commitChanges(repository, ordered, true, commits.text)) {
        if (context.signal?.aborted === true) return;
        const { commit = '', path: file, id: blob, before } = change;
        if (!hasBlob(change) || scanned.has(`${blob} ${file}`)) continue;
        scanned.add(`${blob} ${file}`);
        const origin = authors.origin({ blob, commit, path: file });
        for await (const event of changedFile(context, store, { path: file, blob, before, origin })) {
          if (event.kind === 'sighting') {
            const key = `${secrets.of(event.detector, event.value)} ${event.path}`;
            if (told.has(key)) {
              event.value.fill(0);
              continue;
            }
            told.add(key);
          }
          yield event;
        }
      }
    } finally {
      store.close();
    }
  };
}
