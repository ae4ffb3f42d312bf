import { WatchwordError } from '../../../foundation/errors.ts';
import type { ScanEvent } from '../../sighting.ts';
import type { ScanContext, Source } from '../../source.ts';
import { Authors } from './attribution.ts';
import { ChangeListing } from './change-listing.ts';
import { changedFile } from './changed-file.ts';
import { gitLines, startGit } from './git-process.ts';
import { ObjectStore } from './object-store.ts';
import { hasBlob } from './raw-diff.ts';
import { locateRepository, type Repository } from './repository.ts';
import { refusePipes } from './special-files.ts';
import { SecretNames } from './sweep.ts';
import { messageEvents, tipEvents } from './tips.ts';

/** Which commits: arguments of `git rev-list`, and what it reads from its standard input. */
export interface Commits {
  readonly arguments: readonly string[];
  readonly text?: string;
  /** Ids of what is pushed, of whatever kind. Undefined when `arguments` name it. */
  readonly tips?: readonly string[];
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

/** The commits from old ids to new ones, without those that `known` leaves out; undefined when refs are only removed. */
function between(
  pairs: readonly (readonly [string | undefined, string | undefined])[],
  known: readonly string[],
): Commits | undefined {
  const lines: string[] = [];
  const tips: string[] = [];
  for (const [now, before] of pairs) {
    if (!isId(now) || !isId(before))
      throw new WatchwordError('client.usage', 'git has not said what is pushed', { where: 'standard input' });
    if (isZero(now)) continue;
    lines.push(now);
    tips.push(now);
    if (!isZero(before)) lines.push(`^${before}`);
  }
  if (tips.length === 0) return undefined;
  return { arguments: ['--ignore-missing', '--stdin', '--not', ...known], text: `${lines.join('\n')}\n`, tips };
}

const rows = (input: string): string[][] =>
  input
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(' '));

/**
 * What a `pre-push` hook is told on its standard input (`local-ref local-id remote-ref remote-id` in each line): the commits that
 * the remote does not have yet; `known` is what `knownByRemote` says of it. Undefined when nothing is sent.
 * @throws WatchwordError client.usage for anything else
 */
export function pushedCommits(input: string, known: readonly string[]): Commits | undefined {
  return between(
    rows(input).map(([, now, , before]) => [now, before]),
    known,
  );
}

/**
 * What a `pre-receive` hook is told on its standard input (`old-id new-id ref` in each line): the commits that no ref here has
 * yet. Undefined when nothing is received.
 * @throws WatchwordError client.usage for anything else
 */
export function receivedCommits(input: string): Commits | undefined {
  return between(
    rows(input).map(([before, now]) => [now, before]),
    ['--all'],
  );
}

/**
 * What commits bring in: every changed file whole, reported what no parent's version of it held; for each path and secret the
 * earliest commit. Messages of commits and tags too, and what a tag points at that is no commit. `environment` is ours in a git hook:
 * objects in quarantine are found by it.
 * @throws WatchwordError client.usage when `path` is in no repository, or git does not know the commits
 */
export function range(path: string, commits: Commits, environment: NodeJS.ProcessEnv = {}): Source {
  return async function* (context) {
    const repository = locateRepository(path, environment);
    refusePipes(repository);
    const store = new ObjectStore(repository);
    const secrets = new SecretNames();
    const told = new Set<string>();
    try {
      for await (const event of rangeEvents({ context, repository, store, commits, authors: new Authors(store) })) {
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
    } finally {
      store.close();
    }
  };
}

interface RangeScan {
  readonly context: ScanContext;
  readonly repository: Repository;
  readonly store: ObjectStore;
  readonly commits: Commits;
  readonly authors: Authors;
}

async function* rangeEvents(scan: RangeScan): AsyncGenerator<ScanEvent> {
  const { context, repository, store, commits, authors } = scan;
  const ordered = ['--topo-order', '--reverse', ...commits.arguments];
  yield* fileEvents(scan, ordered);
  const listing = startGit(repository, ['rev-list', ...ordered], commits.text === undefined ? {} : { text: commits.text });
  for await (const commit of gitLines(listing, 'listing commits')) {
    if (context.signal?.aborted === true) return;
    yield* messageEvents(context, authors, commit);
  }
  for (const tip of commits.tips ?? (await namedTips(repository, commits.arguments))) {
    yield* tipEvents(context, store, authors, tip);
  }
}

async function* fileEvents(
  { context, repository, store, commits, authors }: RangeScan,
  ordered: readonly string[],
): AsyncGenerator<ScanEvent> {
  const scanned = new Set<string>();
  const { text } = commits;
  const listed = { commits: ordered, ...(text === undefined ? {} : { text }) };
  for await (const changes of new ChangeListing(repository, listed).changes()) {
    for (const change of changes) {
      if (context.signal?.aborted === true) return;
      const { commit = '', path: file, id: blob, before } = change;
      if (!hasBlob(change) || scanned.has(`${blob} ${file}`)) continue;
      scanned.add(`${blob} ${file}`);
      const origin = authors.origin({ blob, commit, path: file });
      yield* changedFile(context, store, { path: file, blob, before, origin });
    }
  }
}

/** Ids of what revisions name, without those that they leave out. */
async function namedTips(repository: Repository, revisions: readonly string[]): Promise<string[]> {
  const tips: string[] = [];
  const listing = startGit(repository, ['rev-parse', '--revs-only', ...revisions]);
  for await (const line of gitLines(listing, 'looking up revisions')) if (isId(line)) tips.push(line);
  return tips;
}
